-- requests.lua: makes wrk send each request of a pool (bench.h) once.
--
--   wrk ... -s requests.lua URL -- POOL THREADS          sends them
--   wrk ... -s requests.lua URL -- POOL THREADS cost     sends nothing, and only
--                               prints how many requests a second the script makes
--
-- Each thread has its own slice of the pool. Requests sent after a slice is used up
-- count as errors, so that nobody mistakes them for a result. The last line of
-- output is "result REQUESTS MICROSECONDS BAD-STATUS OTHER-ERRORS".

local HEAD = 32
local number = 0

function setup(thread)
	thread:set("slice", number)
	number = number + 1
end

function init(args)
	local size, count

	pool = assert(io.open(args[1], "rb"))
	size, count = pool:read("*n", "*n")
	length = size
	left = math.floor(count / tonumber(args[2]))
	pool:seek("set", HEAD + slice * left * size)
	if args[3] == "cost" then
		local began = os.clock()
		for _ = 1, left do
			request()
		end
		print(string.format("result %d %d 0 0", count,
		    (os.clock() - began) * 1e6))
		os.exit(0)
	end
end

function request()
	if left == 0 then
		return "GET /the-pool-is-empty HTTP/1.1\r\nHost: none\r\n\r\n"
	end
	left = left - 1
	return pool:read(length)
end

function done(summary)
	local errors = summary.errors

	print(string.format("result %d %d %d %d", summary.requests,
	    summary.duration, errors.status, errors.connect + errors.read +
	    errors.write + errors.timeout))
end
