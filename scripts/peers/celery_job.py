"""The job that Celery runs for scripts/peers/celery.py, and, run itself, the process that enqueues it. A module of its own:
both run in a Python that has Celery, which need not be that of scripts/bench."""
import os
import sys
import time

from celery import Celery

app = Celery(broker=os.environ["KIP_CELERY_BROKER"], backend=os.environ.get("KIP_CELERY_RESULTS"))
# Acknowledged when it is done, as with the others: what a worker holds when it dies is run again.
app.conf.update(task_acks_late=True, worker_prefetch_multiplier=500)


@app.task(name="nothing")
def nothing(payload):
    return "ok"


def main():
    jobs, size = int(sys.argv[1]), int(sys.argv[2])
    payload = "x" * size
    # One connection for all, without which each job would look for one.
    with app.producer_pool.acquire(block=True) as producer:
        producer.connection.ensure_connection()
        print("begun", time.monotonic(), flush=True)
        for _ in range(jobs):
            nothing.apply_async((payload,), producer=producer)


if __name__ == "__main__":
    main()
