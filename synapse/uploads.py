"""What is uploaded: its size by the school's limits, its type by its first bytes."""

from __future__ import annotations

import logging
from typing import Any

from synapse.module_api import NOT_SPAM, ModuleApi

from bridge.permissions import file_heads
from bridge.permissions.policy import Reason
from classbridge_synapse.answers import guarded
from classbridge_synapse.asking import Answer, Asking

log = logging.getLogger(__name__)


class UploadRules:
    """Callbacks about files."""

    def __init__(self, asking: Asking, api: ModuleApi) -> None:
        self._asking = asking
        refuse = asking.refusal(Reason.RULES_UNKNOWN)
        api.register_spam_checker_callbacks(
            check_media_file_for_spam=guarded(self.check_media_file_for_spam, refuse),
        )
        api.register_media_repository_callbacks(
            get_media_config_for_user=guarded(self.get_media_config_for_user, {"m.upload.size": 0}),
            is_user_allowed_to_upload_media_of_size=guarded(self.may_upload, False),
        )

    async def may_upload(self, user_id: str, size: int) -> bool:
        return self._asking.identity.person_id(user_id) is None or size <= self._asking.files.largest

    async def get_media_config_for_user(self, user_id: str) -> dict[str, Any] | None:
        is_ours = self._asking.identity.person_id(user_id) is not None
        return {"m.upload.size": self._asking.files.largest} if is_ours else None

    async def check_media_file_for_spam(self, file_wrapper: Any, file_info: Any) -> Answer:
        """Look at how the file begins: what a client says of its type may be made up."""
        if file_info.thumbnail is not None or file_info.url_cache:
            return NOT_SPAM
        head = bytearray()

        def take(chunk: bytes) -> None:
            if len(head) < file_heads.HEAD_BYTES:
                head.extend(chunk[: file_heads.HEAD_BYTES - len(head)])

        await file_wrapper.write_chunks_to(take)
        if not file_heads.is_taken(bytes(head)):
            log.info("refused %s to an upload", Reason.FILE_TYPE.value)
            raise self._asking.error(Reason.FILE_TYPE)
        return NOT_SPAM
