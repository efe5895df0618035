"""
The same as ``manage.py classbridge_send --once`` for panels with Celery; let beat call it every few seconds.

Without Celery this module is empty, and nothing else asks for it.
"""

from __future__ import annotations

try:
    from celery import shared_task
except ImportError:
    pass
else:
    from classbridge_panel.sending import describe, send_pending

    @shared_task(name="classbridge_panel.send")
    def send() -> str:
        """Send what waits; says in one line what came of it."""
        return describe(send_pending())
