"""Random schedules on one cache file, judged by the counter of the server: ``python -m tests.schedules --rounds 1000``.

A round draws processes, clients, threads, visitors, kills, interrupts, suspensions, server faults, wrong clocks, held
locks and full disks from a seed, lets them happen, and judges what is left when all is quiet.
"""
