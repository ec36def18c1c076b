"""What the package `matching` makes of ranked lists, run in its own environment: JSON in, JSON out."""

import json
import sys
import threading
import time
import warnings


def solve(case):
    from matching.games import HospitalResident

    warnings.simplefilter("ignore")
    begun = time.perf_counter()
    residents = {i: r for i, r in enumerate(case["mentees"]) if r}
    hospitals = {f"m{j}": r for j, r in enumerate(case["mentors"]) if r}
    named = {i: [f"m{j}" for j in r] for i, r in residents.items()}
    places = {f"m{j}": p for j, p in enumerate(case["places"]) if f"m{j}" in hospitals}
    game = HospitalResident.create_from_dictionaries(named, hospitals, places, clean=case.get("clean", False))
    mate = [-1] * len(case["mentees"])
    for hospital, held in game.solve(optimal="resident").items():
        for resident in held:
            mate[resident.name] = int(hospital.name[1:])
    return {"mate": mate, "seconds": time.perf_counter() - begun}


def answer():
    cases = json.load(sys.stdin)
    try:
        json.dump([solve(case) for case in cases], sys.stdout)
    except RecursionError as error:
        json.dump({"error": type(error).__name__}, sys.stdout)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.setrecursionlimit(10**7)
        threading.stack_size(1 << 30)
    thread = threading.Thread(target=answer)
    thread.start()
    thread.join()
