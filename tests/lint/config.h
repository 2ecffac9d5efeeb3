/*
 * config: stands in for configure's while clang-tidy reads the sources.
 * SPDX-License-Identifier: BSD-2-Clause
 */
