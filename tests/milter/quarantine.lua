-- SPDX-License-Identifier: BSD-2-Clause
-- Put aside where the server can, marked where it cannot.
script = "quarantine"
dofile(here .. "/common.lua")
local conn = open()

greet(conn)
letter(conn, "hold me", SMFIR_CONTINUE)
want("it is put aside", mt.eom_check(conn, MT_QUARANTINE))
mt.disconnect(conn)

conn = open()
offer(conn, 6, SMFIF_ADDHDRS + SMFIF_CHGHDRS, 0x7f)
greet(conn)
letter(conn, "hold me", SMFIR_CONTINUE)
want("it is not put aside", not mt.eom_check(conn, MT_QUARANTINE))
want("it is marked", mt.eom_check(conn, MT_HDRINSERT, "X-Spam-Flag"))
mt.disconnect(conn)
