-- SPDX-License-Identifier: BSD-2-Clause
-- A whole message: fields inserted on top, nothing else changed.
script = "plain"
dofile(here .. "/common.lua")
local conn = open()

greet(conn)
mt.macro(conn, SMFIC_MAIL, "i", "plain-id")
letter(conn, "hello", SMFIR_CONTINUE)
want("results are inserted",
    mt.eom_check(conn, MT_HDRINSERT, "Authentication-Results"))
want("the verdict is inserted",
    mt.eom_check(conn, MT_HDRINSERT, "X-Postern-Verdict"))
want("no field is added below", not mt.eom_check(conn, MT_HDRADD))
want("no field is changed", not mt.eom_check(conn, MT_HDRCHANGE))
want("the body stays", not mt.eom_check(conn, MT_BODYCHANGE))
want("no recipient is added", not mt.eom_check(conn, MT_RCPTADD,
    "<bob@example.net>"))
mt.disconnect(conn)
