"""What the package `mentor-match` makes of its own sample, run in its own environment: scores and pairs as JSON.

`python mentor_table.py FOLDER TIMES`: the people of FOLDER/small_mentees.csv and small_mentors.csv, TIMES times over.
"""

import json
import operator
import pathlib
import sys
import time

from matching import process
from matching.mentee import Mentee
from matching.mentor import Mentor
from matching.rules import rule as rl

RULES = [
    rl.Disqualify(lambda match: match.mentee.organisation == match.mentor.organisation),
    rl.Disqualify(lambda match: match.mentor.grade <= match.mentee.grade),
    rl.Disqualify(lambda match: match.mentor.grade - match.mentee.grade > 3),
    rl.Grade(1, operator.eq, {True: 12, False: 0}),
    rl.Grade(2, operator.eq, {True: 9, False: 0}),
    rl.Generic({True: 10, False: 0}, lambda match: match.mentee.profession == match.mentor.profession),
    rl.UnmatchedBonus(50),
]


GRADES = ("AA", "AO", "EO", "HEO", "SEO", "GRADE 7", "GRADE 6", "SCS1", "SCS2", "SCS3", "SCS4")


def crowd(kind, folder, times):
    rows = list(process.process_form(folder / f"small_{kind.__str__()}s.csv"))
    return [
        kind(**{**row, "grade": GRADES.index(row["grade"].upper()), "email": f"{turn} {row['email address']}"})
        for turn in range(times)
        for row in rows
    ]


def main(folder, times):
    mentees, mentors = crowd(Mentee, folder, times), crowd(Mentor, folder, times)
    matrix = process.generate_match_matrix(mentors, mentees, RULES)
    table = [[-1 if match.disallowed else match.score for match in row] for row in matrix]
    begun = time.perf_counter()
    process.match_and_assign_participants(matrix)
    seconds = time.perf_counter() - begun
    number = {id(mentee): i for i, mentee in enumerate(mentees)}
    pairs = [[j, number[id(mentee)]] for j, mentor in enumerate(mentors) for mentee in mentor.mentees]
    print(json.dumps({"table": table, "pairs": pairs, "seconds": seconds}))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]))
