# Tests of this room; see tests/local.mk.
