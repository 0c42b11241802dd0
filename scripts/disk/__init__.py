"""Disks that lose what was not synced, and disks that fail by plan, for scripts/torture."""
import os, shutil, subprocess


def preload(folder):
    """Builds the library that records and fails, and returns its path."""
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("clang")
    library = os.path.join(folder, "disk.so")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library,
                    os.path.join(os.path.dirname(__file__), "preload.c"), "-ldl", "-pthread"], check=True)
    return library


def environment(library, root, log=None, plan=None):
    """What a process needs in its environment, beside its own."""
    names = {"LD_PRELOAD": library, "KIP_DISK_ROOT": root, "KIP_DISK_LOG": log, "KIP_DISK_PLAN": plan}
    return {name: value for name, value in names.items() if value}
