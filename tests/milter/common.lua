-- SPDX-License-Identifier: BSD-2-Clause
-- What the scripts share.  miltertest -D port=N -D here=FOLDER -s SCRIPT
function want(what, good)
	if not good then
		mt.echo(script .. ": " .. what)
		error(what)
	end
end

function open()
	local conn = mt.connect("inet:" .. port .. "@127.0.0.1", 40, 0.05)

	want("connects", conn ~= nil)
	return conn
end

function reply(conn, code, what)
	local got = mt.getreply(conn)

	want(what .. ": reply " .. string.char(got) .. " is not " ..
	    string.char(code), got == code)
end

-- miltertest sends its third argument where the second belongs.
function offer(conn, version, actions, steps)
	want("negotiate", mt.negotiate(conn, version, steps, actions) == nil)
end

function greet(conn)
	want("conninfo", mt.conninfo(conn, "client.example", "127.0.0.1") == nil)
	reply(conn, SMFIR_CONTINUE, "connect")
	want("helo", mt.helo(conn, "client.example") == nil)
	reply(conn, SMFIR_CONTINUE, "helo")
end

function envelope(conn, sender)
	want("mail", mt.mailfrom(conn, sender or "<alice@good.example>") == nil)
	reply(conn, SMFIR_CONTINUE, "mail")
	want("rcpt", mt.rcptto(conn, "<bob@example.net>") == nil)
	reply(conn, SMFIR_CONTINUE, "rcpt")
end

-- Header fields have no reply where that was agreed.
function header(conn, name, value)
	want("header", mt.header(conn, name, value) == nil)
	if not mt.test_option(conn, SMFIP_NR_HDR) then
		reply(conn, SMFIR_CONTINUE, "header " .. name)
	end
end

function end_of_header(conn)
	want("eoh", mt.eoh(conn) == nil)
	if not mt.test_option(conn, SMFIP_NR_EOH) then
		reply(conn, SMFIR_CONTINUE, "eoh")
	end
end

function body(conn, text)
	want("body", mt.bodystring(conn, text) == nil)
	reply(conn, SMFIR_CONTINUE, "body")
end

function finish(conn, code)
	want("eom", mt.eom(conn) == nil)
	reply(conn, code, "eom")
end

function letter(conn, subject, code)
	envelope(conn)
	header(conn, "From", " alice@good.example")
	header(conn, "Subject", " " .. subject)
	end_of_header(conn)
	body(conn, "Hello\r\n")
	finish(conn, code)
end
