"""What the door refuses, and what the person can do about it. docs/field-api.md §3 and §4."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from dudao.kernel.errors import DudaoError


class DeviceRevoked(DudaoError):
    code, status = "device-revoked", 401

    def __init__(self) -> None:
        super().__init__(_("这台设备已被停用，请联系督导室。已保存的内容不会丢失。"))


class DoorUnknown(DudaoError):
    code, status = "not-found", 404

    def __init__(self) -> None:
        super().__init__(_("没有这个地址。"))


class MethodRefused(DudaoError):
    code, status = "method-not-allowed", 405

    def __init__(self, method: str) -> None:
        super().__init__(_("这个地址不接受此操作。"), method=method[:20])


class DoorBusy(DudaoError):
    """Try again after `retry_after` seconds; nothing was refused for good."""

    code, status = "door-busy", 503
    retry_after = 3

    def __init__(self) -> None:
        super().__init__(
            _("服务器繁忙，稍后会自动重新上报。内容仍保存在手机上。"), retry_after=self.retry_after
        )


class DoorFailed(DudaoError):
    code, status = "door-failed", 500

    def __init__(self) -> None:
        super().__init__(_("服务器出错，稍后会自动重新上报。内容仍保存在手机上。"))


class EntryIdMissing(DudaoError):
    code, status = "entry-id-missing", 400

    def __init__(self) -> None:
        super().__init__(_("条目没有有效的编号，请更新应用后重试。"), at="$.id")


class EntryMalformed(DudaoError):
    code, status = "entry-malformed", 400

    def __init__(self, *, at: str, reason: str) -> None:
        super().__init__(_("条目的内容格式不正确，请更新应用后重试。"), at=at, reason=reason)


class EntryKindUnknown(DudaoError):
    code, status = "entry-kind-unknown", 400

    def __init__(self, kind: str, schema: int) -> None:
        super().__init__(_("服务器不认识这种条目，请更新应用或联系管理员。"), kind=kind[:60], schema=schema)


class EntryTooLarge(DudaoError):
    code, status = "entry-too-large", 413

    def __init__(self, limit: int) -> None:
        super().__init__(_("条目过大，请把长文字改为照片附件。"), limit=limit)


class EntryDiffers(DudaoError):
    code, status = "entry-differs", 409

    def __init__(self, entry: str) -> None:
        super().__init__(_("同一编号已收到不同的内容，原内容已保留，请联系督导室。"), id=entry)


class EntryUnknown(DudaoError):
    code, status = "entry-unknown", 404

    def __init__(self) -> None:
        super().__init__(_("服务器没有收到这个条目，请重新上报。"))


class UploadMetadata(DudaoError):
    code, status = "upload-metadata", 400

    def __init__(self, field: str) -> None:
        super().__init__(_("文件的说明不完整，请更新应用后重试。"), field=field)


class UploadUnknown(DudaoError):
    code, status = "upload-unknown", 404

    def __init__(self) -> None:
        super().__init__(_("没有这个上传，请重新开始上传。"))


class UploadOffset(DudaoError):
    code, status = "upload-offset", 409

    def __init__(self, *, expected: int) -> None:
        super().__init__(_("续传位置不符，请查询后继续。"), expected=expected)


class UploadVersion(DudaoError):
    code, status = "upload-version", 412

    def __init__(self) -> None:
        super().__init__(_("不支持的续传协议版本，请更新应用。"), supported="1.0.0")


class UploadTooLarge(DudaoError):
    code, status = "upload-too-large", 413

    def __init__(self, limit: int) -> None:
        super().__init__(
            _("文件过大，不能上传。单个文件不超过 512 MB；录像请分段拍摄，或用较低的清晰度。"), limit=limit
        )


class UploadType(DudaoError):
    code, status = "upload-type", 415

    def __init__(self) -> None:
        super().__init__(
            _("续传请求的内容类型不正确，请更新应用。"), expected="application/offset+octet-stream"
        )


class ChecksumAlgorithm(DudaoError):
    code, status = "checksum-algorithm", 400

    def __init__(self) -> None:
        super().__init__(_("不支持的校验方式，请更新应用。"), supported=["sha256", "sha1"])


class ChecksumMismatch(DudaoError):
    code, status = "checksum-mismatch", 460

    def __init__(self) -> None:
        super().__init__(_("这一段在传输中出错，将重新发送。"))


class HashMismatch(DudaoError):
    code, status = "hash-mismatch", 460

    def __init__(self, **details: Any) -> None:
        super().__init__(_("收到的文件与拍摄时不一致，将从手机重新上传。"), **details)


class StorageFull(DudaoError):
    code, status = "storage-full", 507

    def __init__(self) -> None:
        super().__init__(_("服务器存储空间不足，请通知管理员。文件仍保存在手机上。"))


class StorageAway(DoorBusy):
    """The store behind this machine is out of reach; what came stays here and is handed on later."""

    code = "storage-away"

    def __init__(self) -> None:
        DudaoError.__init__(
            self,
            _("服务器的文件存储暂时连不上，稍后会自动重试。文件仍保存在手机上。"),
            retry_after=self.retry_after,
        )
