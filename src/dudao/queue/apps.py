from django.apps import AppConfig


class QueueConfig(AppConfig):
    name = "dudao.queue"
    label = "queue"

    def ready(self) -> None:
        from dudao.journal import followers, services  # noqa: PLC0415 - models load after the registry
        from dudao.kernel.statistics import refresh_statistics  # noqa: PLC0415
        from dudao.queue import jobs, steps  # noqa: PLC0415

        steps.register("journal.seal", services.seal, every_seconds=0.3)
        steps.register("journal.follow", followers.run, every_seconds=0.3)
        steps.register("queue.jobs", jobs.run_ready, every_seconds=0.3)
        steps.register("queue.retry", jobs.retry_failed, every_seconds=5)
        steps.register("queue.recover", jobs.recover_lost, every_seconds=60)
        steps.register("database.statistics", refresh_statistics, every_seconds=3600)
