"""`classbridge demo`: a homeserver, a bridge and a school in one command, until Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from contextlib import AsyncExitStack

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bridge.app import listening, running
from bridge.demo.checks import require_database, require_free_ports, require_redis
from bridge.demo.folder import DemoFolder, DemoOptions, ensure_folder
from bridge.demo.prepare import Stage, prepare
from bridge.demo.school import DemoSchool, load_school_for
from bridge.demo.sign_ins import list_sign_ins, print_sign_ins
from bridge.demo.synapse import SynapseProcess
from bridge.demo.target import write_target_file
from bridge.errors import BridgeError
from bridge.logs import set_up_logs
from bridge.matrix.ids import Ids


async def run_demo(options: DemoOptions, console: Console) -> None:
    """
    Start everything, prepare the school, show the sign-ins, and run until SIGINT or SIGTERM.

    Raises:
        ConfigError: A port is taken, a file is wrong, something is missing or does not answer.
        BridgeError: The homeserver refused something, or ended by itself.
    """
    require_free_ports(options.port, options.homeserver_port)
    school = load_school_for(options.school)
    folder = ensure_folder(options)
    await require_database(folder.config.database.url)
    await require_redis(folder.config.redis.url)
    set_up_logs(folder.config.log)
    if options.target_file:
        options.target_file.unlink(missing_ok=True)  # who waits for it must not find that of the last start
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    demo = asyncio.create_task(_run(options, school, folder, console))
    waiting = asyncio.create_task(stopping.wait())
    await asyncio.wait({demo, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not demo.done():
        console.print("\nStopping …")
        demo.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await demo


async def _run(options: DemoOptions, school: DemoSchool, folder: DemoFolder, console: Console) -> None:
    """Run until cancelled. The bridge stops before the homeserver, so that its last words arrive."""
    synapse = SynapseProcess(folder.homeserver)
    config = folder.config
    ids = Ids(config.homeserver.server_name, config.appservice.user_prefix, config.appservice.bot_localpart)
    sign_ins = list_sign_ins(school.roster, ids)
    async with AsyncExitStack() as stack:
        console.print(f"Starting Synapse and the bridge in {folder.path} …")
        stack.push_async_callback(synapse.stop)
        await synapse.start()
        bridge = await stack.enter_async_context(running(config, demo_sign_ins=sign_ins))
        await stack.enter_async_context(listening(bridge))
        with _progress(console) as progress:
            await prepare(Stage(bridge, progress, folder.path / "prepared"), school)
        if options.target_file:
            await write_target_file(options.target_file, bridge, school.roster)
        print_sign_ins(console, config, sign_ins, school.roster)
        await synapse.wait()
        raise BridgeError(f"Synapse ended by itself; {synapse.command.log_path} says why")


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<22}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
