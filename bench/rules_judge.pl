#!/usr/bin/perl
# SpamAssassin over saved mails, for bench/rules.py: CPU milliseconds of each.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: rules_judge.pl RULES PRE < list     paths on stdin, one a line
#
# One process, local tests only; no Bayes, no user preferences, no network.
use strict;
use warnings;
use Mail::SpamAssassin;
use POSIX ();

sub cpu { my @t = POSIX::times(); return ($t[1] + $t[2]) * 1000 / POSIX::sysconf(POSIX::_SC_CLK_TCK()); }

my ($rules, $pre) = @ARGV;
my $start = cpu();
my $judge = Mail::SpamAssassin->new({
    rules_filename => $rules,
    site_rules_filename => $pre,
    ignore_site_cf_files => 1,
    local_tests_only => 1,
    dont_copy_prefs => 1,
    userprefs_filename => '/dev/null',
    home_dir_for_helpers => '/nonexistent',
    userstate_dir => '/tmp',
    post_config_text => "use_bayes 0\nuse_auto_welcomelist 0\n",
});
$judge->compile_now(0);
printf "load_ms %.1f\n", cpu() - $start;
while (my $path = <STDIN>) {
    chomp $path;
    open(my $in, '<:raw', $path) or die "$path: $!\n";
    my $text = do { local $/; <$in> };
    close $in;
    $text =~ s/\AFrom .*\n//;
    my $begin = cpu();
    my $mail = $judge->parse($text);
    my $status = $judge->check($mail);
    $status->finish();
    $mail->finish();
    printf "took_ms %.1f\n", cpu() - $begin;
}
open(my $rollup, '<', '/proc/self/smaps_rollup');
while (<$rollup>) { print "rss_kb $1\n" if /^Pss:\s+(\d+)/ }
