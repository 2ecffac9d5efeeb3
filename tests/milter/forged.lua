-- SPDX-License-Identifier: BSD-2-Clause
-- Forged results in every spelling are deleted, others stay.
script = "forged"
dofile(here .. "/common.lua")
local conn = open()

greet(conn)
envelope(conn)
header(conn, "Authentication-Results", " mx.example.net; none")
header(conn, "authentication-results", " other.example; spf=pass")
header(conn, "AUTHENTICATION-RESULTS", " MX.Example.Net 1;\n\tspf=pass")
header(conn, "Authentication-Results", string.rep(" (c)", 20) ..
    " \"mx.example.net\"")
header(conn, "Subject", " hello")
end_of_header(conn)
finish(conn, SMFIR_CONTINUE)
want("1 goes", mt.eom_check(conn, MT_HDRDELETE, "Authentication-Results"))
want("it is in the list", mt.eom_check(conn, MT_HDRDELETE,
    "AUTHENTICATION-RESULTS"))
want("the foreign one stays", not mt.eom_check(conn, MT_HDRDELETE,
    "authentication-results"))
mt.disconnect(conn)
