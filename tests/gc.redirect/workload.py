# workload.py - objects in the interpreter's own arenas point to what malloc gave.
# SPDX-License-Identifier: MIT
import json, subprocess, threading

d = {}
for i in range(100000):
    d[i % 20000] = [str(i), {"a": i}, (i,) * 5]


def work(results):
    results.append(sum(map(len, [bytearray(1000 + i % 5000) for i in range(2000)])))


results = []
threads = [threading.Thread(target=work, args=(results,)) for _ in range(4)]
[t.start() for t in threads]
[t.join() for t in threads]
print(results, len(json.loads(json.dumps(d))))
print(subprocess.run(["echo", "child"], capture_output=True).stdout)
