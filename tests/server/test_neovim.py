"""Neovim, set up as the documentation says: it shows a missing key, completes it, hovers, jumps and renames."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.desk import CONFIG, POD, SHOP
from tests.support.run import ROOT, write

NVIM = Path(sys.executable).parent / "nvim"
PAGE = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")

SCRIPT = """
local function until_(what, condition)
  if not vim.wait(20000, condition, 20) then
    io.stderr:write('not so: ' .. what .. '\\n')
    vim.cmd('cquit 1')
  end
end
local function rules()
  return table.concat(vim.tbl_map(function(each) return each.code end, vim.diagnostic.get(0)), ' ')
end
local function say(text) io.stdout:write(text .. '\\n') end
local function to(pattern, offset)
  vim.fn.cursor(1, 1)
  local line = vim.fn.search(pattern)
  vim.fn.cursor(line, vim.fn.match(vim.fn.getline(line), pattern) + 1 + offset)
end
local function ask(method, more)
  local client = vim.lsp.get_clients({ bufnr = 0 })[1]
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local answer = client:request_sync(method, vim.tbl_extend('force', params, more or {}), 20000, 0)
  return answer.result
end

vim.cmd.edit('pod.yaml')
until_('a client', function() return #vim.lsp.get_clients({ bufnr = 0 }) == 1 end)
say('encoding ' .. vim.lsp.get_clients({ bufnr = 0 })[1].offset_encoding)
until_('missing-key', function() return rules() == 'missing-key' end)
local found = vim.diagnostic.get(0)[1]
say('problem ' .. found.lnum .. ':' .. found.col)
to('key: ', 5)
local labels = vim.tbl_map(function(each) return each.label end, ask('textDocument/completion').items)
say('proposals ' .. table.concat(labels, ' '))
vim.cmd([[%s/key: SPECIAL/key: SPECIAL_LEVEL/]])
until_('no problem', function() return rules() == '' end)
to('special-config', 2)
say('hover ' .. vim.split(ask('textDocument/hover').contents.value, '\\n')[1])
vim.lsp.buf.rename('app-config')
until_('another name', function() return vim.fn.search('app-config', 'nw') > 0 end)
vim.cmd.wall()
until_('no problem', function() return rules() == '' end)
to('app-config', 2)
vim.lsp.buf.definition()
until_('another file', function() return vim.fn.expand('%:t') == 'config.yaml' end)
say('definition ' .. vim.fn.expand('%:t') .. ':' .. vim.fn.line('.'))
vim.cmd.qall({ bang = true })
"""


def test_neovim(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    write(shop, {**SHOP, "pod.yaml": POD.replace("SPECIAL_LEVEL", "SPECIAL"), ".cmlint.yaml": ""})
    [setup, _] = re.findall(r"```lua\n(.*?)```", PAGE, re.DOTALL)
    write(tmp_path, {"init.lua": setup, "script.lua": SCRIPT})
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {name: str(tmp_path / name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    done = subprocess.run(
        [NVIM, "--headless", "-i", "NONE", "-u", tmp_path / "init.lua", "-c", f"luafile {tmp_path}/script.lua"],
        cwd=shop,
        env={**os.environ, **own, "PATH": path},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    line = POD[: POD.index("key: SPECIAL")].count("\n")
    assert [each.rstrip() for each in done.stdout.splitlines() if each.strip()] == [
        "encoding utf-16",
        f"problem {line}:19",
        "proposals SPECIAL_LEVEL LOG_LEVEL",
        "hover **ConfigMap `special-config`**",
        "definition config.yaml:4",
    ]
    assert (shop / "config.yaml").read_text() == CONFIG.replace("special-config", "app-config")
    assert (shop / "pod.yaml").read_text() == POD.replace("special-config", "app-config")
