#!/usr/bin/perl
# What SpamAssassin itself finds in saved mails: the judge of parity.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: parity_judge.pl hits RULES PRE < list     paths on stdin, one a line
#        parity_judge.pl targets RULES PRE < list
#        parity_judge.pl rules RULES PRE
#
# RULES is the folder of *.cf files, PRE one with the *.pre files that say
# which plugins are loaded.  Local tests only; no Bayes, no user preferences,
# no network, nothing learned.  One JSON object a line on stdout, flushed:
#   hits     {"file":PATH,"hits":{NAME:COUNT,...}}    `__` rules as well; a
#            meta's count is its value
#   targets  {"file":PATH,"body":[...],"rawbody":[...],"uri":[...],
#             "relays":{"trusted":...,...}}           octets as Latin-1 text
#   rules    {"version":V,"rules":{NAME:CLASS,...}}   body rawbody full uri
#            header mimeheader meta, or eval
#
# It reads what `postern scan` makes of the same file: without a mailbox
# file's "From " line, CRLF as LF.  The topmost Received line is our own hop's
# in both: what it says of the client is what Postern takes for the session.
use strict;
use warnings;
use JSON::PP;
use Mail::SpamAssassin;

my ($mode, $rules, $pre) = @ARGV;
die "usage: $0 hits|targets|rules RULES PRE\n" unless defined $pre;
$| = 1;
my $json = JSON::PP->new->latin1->canonical;
my $judge = Mail::SpamAssassin->new({
    rules_filename => $rules,
    site_rules_filename => $pre,
    ignore_site_cf_files => 1,
    local_tests_only => 1,
    dont_copy_prefs => 1,
    userprefs_filename => '/dev/null',
    home_dir_for_helpers => '/nonexistent',
    userstate_dir => $ENV{PARITY_STATE} || '/tmp',
    post_config_text => "use_bayes 0\nuse_auto_welcomelist 0\n",
});
$judge->init(0);

sub class_of {
    my ($conf, $name) = @_;
    return 'mimeheader' if $conf->{mimeheader_tests}{$name};
    my %types = (
        $Mail::SpamAssassin::Conf::TYPE_HEAD_TESTS => 'header',
        $Mail::SpamAssassin::Conf::TYPE_BODY_TESTS => 'body',
        $Mail::SpamAssassin::Conf::TYPE_RAWBODY_TESTS => 'rawbody',
        $Mail::SpamAssassin::Conf::TYPE_FULL_TESTS => 'full',
        $Mail::SpamAssassin::Conf::TYPE_URI_TESTS => 'uri',
        $Mail::SpamAssassin::Conf::TYPE_META_TESTS => 'meta',
    );
    return $types{$conf->{test_types}{$name}} || 'eval';
}

sub read_mail {
    my ($path) = @_;
    open(my $in, '<:raw', $path) or die "$path: $!\n";
    local $/;
    my $text = <$in>;
    $text =~ s/\AFrom [^\n]*\n//;
    $text =~ s/\r\n/\n/g;
    $text .= "\n" unless $text =~ /\n\z/;
    return $text;
}

sub hits_of {
    my ($mail) = @_;
    my $status = $judge->check($mail);
    my $all = $status->{tests_already_hit};
    my %hits = map { $_ => 0 + $all->{$_} } grep { $all->{$_} } keys %$all;
    $status->finish();
    return (hits => \%hits);
}

sub octets {
    my ($text) = @_;
    utf8::encode($text) if utf8::is_utf8($text);
    return "$text";
}

sub targets_of {
    my ($mail) = @_;
    my $status = Mail::SpamAssassin::PerMsgStatus->new($judge, $mail);
    $status->extract_message_metadata();
    my $body = $status->get_decoded_stripped_body_text_array();
    my $raw = $status->get_decoded_body_text_array();
    my @uris = $status->get_uri_list();
    my %relays = map {
        $_ => octets($status->get('X-Spam-Relays-' . ucfirst $_))
    } qw(trusted untrusted internal external);
    my @out = (
        body => [map { octets($_) } @$body],
        rawbody => [map { octets($_) } @$raw],
        uri => [map { octets($_) } @uris],
        relays => \%relays,
        envelope_from => octets($status->get('EnvelopeFrom', '')),
    );
    $status->finish();
    return @out;
}

if ($mode eq 'rules') {
    # Compiling empties the tables; the names are there before.
    my $conf = $judge->{conf};
    my %classes = map { $_ => class_of($conf, $_) }
        keys %{$conf->{test_types}};
    print $json->encode({
        version => Mail::SpamAssassin::Version(), rules => \%classes }), "\n";
    exit 0;
}
while (my $path = <STDIN>) {
    chomp $path;
    my $mail = $judge->parse(read_mail($path), 1);
    my %out = (file => $path,
        $mode eq 'hits' ? hits_of($mail) : targets_of($mail));
    $mail->finish();
    print $json->encode(\%out), "\n";
}
