"""`jicha`: one readable message for every user's error, exit codes as documented, no traceback."""

import atexit
import errno
import os
import sys
import warnings

import click

from models.apart import collect_seldom
from models.errors import JichaError
from models.exhausted import chain_of, exhausted

collect_seldom()
os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
warnings.filterwarnings("ignore", message=".*is currently in beta.*")


class LazyGroup(click.Group):
    """Loads a command's module only when it is used, so that `--help` is instant."""

    modules = {  # noqa: RUF012 (click reads it once)
        "sample": "pipelines.cli.sample",
        "run": "pipelines.cli.run",
        "check": "pipelines.cli.check",
        "issue": "pipelines.cli.issue",
        "replay": "pipelines.cli.replay",
        "rules": "pipelines.cli.rules",
        "evaluate": "pipelines.cli.evaluate",
        "dossier": "pipelines.cli.dossier",
        "reveal": "pipelines.cli.reveal",
        "ui": "pipelines.cli.ui",
    }

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with its whole first sentence: in two languages the library would cut off the second."""
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(limit=1000)) for name, one in commands if one])

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from importlib import import_module

        if cmd_name not in self.modules:
            return None
        command = import_module(self.modules[cmd_name]).command
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jicha", prog_name="jicha")
def cli() -> None:
    """稽查 jicha：医保结算数据事后审核 / post-payment audit of medical-insurance settlements.

    输出只说明“与某种情形相符”，由人决定。 Outputs say what records are consistent with; people decide.
    """


_KINDS: dict[type[click.ClickException], str] = {
    click.exceptions.NoSuchCommand: "没有这个命令",
    click.NoSuchOption: "没有这个选项",
    click.MissingParameter: "缺少参数",
    click.BadParameter: "参数的值有误",
}


def _wrong_use(error: click.ClickException) -> str:
    """The library's message with Chinese before it, and where help is."""
    kind = next((said for of, said in _KINDS.items() if isinstance(error, of)), "用法有误")
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "jicha"
    return f"{kind} / {error.format_message()}\n用法见 / see `{command} --help`."


#: what stands against a place that people named: no right to it, a read-only disk, a file where a folder should be
_PLACES = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENAMETOOLONG)


def _code() -> int:
    """Run the command; errors of users become one message and their exit code."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("已中止 / aborted", err=True)
        return 1
    except click.ClickException as error:
        click.echo(f"jicha: {_wrong_use(error)}", err=True)
        return error.exit_code
    except JichaError as error:
        click.echo(f"jicha: {error}", err=True)
        return error.exit_code
    except Exception as fault:
        if os.environ.get("JICHA_DEBUG"):
            raise
        if isinstance(fault, OSError) and fault.errno in _PLACES and fault.filename:
            click.echo(
                f"jicha: 无法读写 / cannot be read or written: {fault.filename} ({fault.strerror}). "
                "Check the path and the rights of this user, or name another place.",
                err=True,
            )
            return 2
        ran_out = exhausted(chain_of(fault))
        if ran_out:
            click.echo(f"jicha: {ran_out}", err=True)
            return 1
        click.echo(
            f"jicha: 程序内部错误 / a fault of jicha: {type(fault).__name__}. Set JICHA_DEBUG=1 to see where; "
            "what had been finished stays, running again is safe.",
            err=True,
        )
        return 1
    return 0


def main() -> None:
    """Entry point. Leaves at once after the exit handlers: native modules that are torn down late print noise."""
    code = _code()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
