-- SPDX-License-Identifier: BSD-2-Clause
-- A reply of our own, and a connection that lives on.
script = "refusals"
dofile(here .. "/common.lua")
local conn = open()

greet(conn)
letter(conn, "percent", SMFIR_REPLYCODE)
letter(conn, "later", SMFIR_REPLYCODE)
letter(conn, "drop me", SMFIR_DISCARD)
letter(conn, "hello", SMFIR_CONTINUE)
mt.disconnect(conn)
