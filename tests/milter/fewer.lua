-- SPDX-License-Identifier: BSD-2-Clause
-- Servers that offer less: old versions, no actions, no steps.
script = "fewer"
dofile(here .. "/common.lua")

local function try(version, actions, steps, subject, code)
	local conn = open()

	offer(conn, version, actions, steps)
	want("nothing is asked for that was not offered",
	    (actions % 2 == 1) == mt.test_action(conn, SMFIF_ADDHDRS))
	greet(conn)
	letter(conn, subject, code)
	return conn
end

local conn = try(2, SMFIF_ADDHDRS, 0x7f, "hello", SMFIR_CONTINUE)
want("version 2 gets its fields",
    mt.eom_check(conn, MT_HDRINSERT, "Authentication-Results"))
mt.disconnect(conn)
conn = try(6, SMFIF_CHGHDRS, 0x7f, "hello", SMFIR_CONTINUE)
want("no field without ADDHDRS", not mt.eom_check(conn, MT_HDRINSERT))
mt.disconnect(conn)
mt.disconnect(try(6, SMFIF_CHGHDRS, 0x7f, "percent", SMFIR_REPLYCODE))

-- A forged result that cannot be deleted must not pass.
conn = open()
offer(conn, 6, SMFIF_ADDHDRS, 0x7f)
greet(conn)
envelope(conn)
header(conn, "Authentication-Results", " mx.example.net; spf=pass")
end_of_header(conn)
finish(conn, SMFIR_REPLYCODE)
mt.disconnect(conn)
