/*
 * config_rules: where a command without a configuration finds its rules.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_CONFIG_RULES_H
#define PROXY_CONFIG_RULES_H

#include "config.h"

/* --rules DIR: replaces the directories of filter "rules" and keeps its other
 * settings. */
void config_override_rules(struct config *config, const char *dir);

/* The installed rules; without them the filter is left out, with a warning. */
void config_find_rules(struct config *config, struct problems *problems);

/* required_score of a rule file is actions { tag }, unless that was set. */
void config_adopt_tag_score(struct config *config, struct problems *problems);

#endif
