-- SPDX-License-Identifier: BSD-2-Clause
-- Many header fields and a body in many pieces.
script = "large"
dofile(here .. "/common.lua")
local conn = open()

greet(conn)
envelope(conn)
for n = 1, 1000 do
	header(conn, "X-Field-" .. n, " " .. string.rep("x", 100))
end
header(conn, "Subject", " hello")
end_of_header(conn)
for _ = 1, 40 do
	body(conn, string.rep("y", 30000) .. "\r\n")
end
finish(conn, SMFIR_CONTINUE)
want("our verdict", mt.eom_check(conn, MT_HDRINSERT, "X-Postern-Verdict"))
mt.disconnect(conn)
