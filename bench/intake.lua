-- Entries for wrk: a body from a file, a fresh id in each. Arguments: the body's file, the token, a number of this run.
local head, tail, token, run
local sent = 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local body = file:read("*a")
  file:close()
  local from, to = body:find("__ID__", 1, true)
  head, tail = body:sub(1, from - 1), body:sub(to + 1)
  token, run = args[2], tonumber(args[3])
end

function request()
  sent = sent + 1
  local id = string.format("0198%04x-%04x-7000-8000-%012x", run % 65536, math.floor(run / 65536) % 65536, sent)
  return wrk.format("POST", "/door/entries", {
    ["Authorization"] = "Bearer " .. token,
    ["Content-Type"] = "application/json",
    ["X-Device-Time"] = "2026-11-20T10:00:00+08:00",
  }, head .. id .. tail)
end
