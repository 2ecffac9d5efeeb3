-- SPDX-License-Identifier: BSD-2-Clause
-- The end of a message without a body, without a header, without both.
script = "empty"
dofile(here .. "/common.lua")
local conn = open()

greet(conn)
envelope(conn)
header(conn, "Subject", "")
end_of_header(conn)
finish(conn, SMFIR_CONTINUE)
envelope(conn)
end_of_header(conn)
finish(conn, SMFIR_CONTINUE)
envelope(conn)
end_of_header(conn)
body(conn, "only a body")
finish(conn, SMFIR_CONTINUE)
want("our verdict", mt.eom_check(conn, MT_HDRINSERT, "X-Postern-Verdict"))
mt.disconnect(conn)
