"""The `dudao` command. One file per command; each is loaded only when it is called."""

import os
from importlib import import_module

import click

COMMANDS = {
    "setup": "准备数据库：结构、规则、日历、量表。 Prepare the database.",
    "administrators": "建立三个管理员账号。 Make the first three accounts.",
    "demo": "在本机运行样例城市。 Run the sample city on this machine.",
    "serve": "启动服务：页面、上报入口和后台处理。 Run the server: pages, the door and the worker.",
    "worker": "只运行后台处理。 Run a worker alone.",
    "populate": "写入样例城市或大批样例数据。 Write the sample city, or a large population, into an empty database.",
    "journal": "核验、导出日志。 Check or export the journal.",
    "evidence": "复核存储的照片和文件。 Hash stored evidence again.",
    "insight": "重建、核对统计汇总。 Rebuild or check the roll-ups.",
    "backup": "把数据库和全部文件备份成一个文件。 Back everything up into one file.",
    "restore": "从备份恢复到空的系统。 Bring a backup back into an empty deployment.",
    "check": "检查部署是否稳妥。 Is this deployment sound?",
}
"""Name → one line of help. The command `name` is the function `name` of `dudao.cli.<name>`."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"dudao.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """From the table, without loading every command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """督导 Dudao: open-source education inspection."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dudao.settings")
