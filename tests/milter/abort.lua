-- SPDX-License-Identifier: BSD-2-Clause
-- An abort at each stage leaves no state; the connection is used again.
script = "abort"
dofile(here .. "/common.lua")
local conn = open()

greet(conn)
for stage = 1, 5 do
	want("mail", mt.mailfrom(conn, "<alice@fail.example>") == nil)
	reply(conn, SMFIR_CONTINUE, "mail")
	if stage >= 2 then
		mt.rcptto(conn, "<bob@example.net>")
		reply(conn, SMFIR_REPLYCODE, "rcpt")
	end
	if stage >= 3 then
		header(conn, "Subject", " percent")
	end
	if stage >= 4 then
		end_of_header(conn)
	end
	if stage >= 5 then
		body(conn, "half")
	end
	want("abort", mt.abort(conn) == nil)
end
letter(conn, "hello", SMFIR_CONTINUE)
want("our verdict", mt.eom_check(conn, MT_HDRINSERT, "X-Postern-Verdict"))
mt.disconnect(conn)

-- and a server that is gone in the middle of a message
conn = open()
greet(conn)
envelope(conn)
header(conn, "Subject", " half")
mt.disconnect(conn, false)
