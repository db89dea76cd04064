"""Result files of the fictional election of Sarnholt, as authorities and projects set them."""

from __future__ import annotations

import io
import json

import openpyxl

ROWS = (
    "county,office,district,party,candidate,votes\n"
    'Holm,Governor,,Harbour,Odile Farr,"18,402"\n'
    'Holm,Governor,,Common Field,Ben Quist,"17,355"\n'
    "Holm,Governor,,,Rhea Solt,811\n"
    'Dunmere,Governor,,Harbour,Odile Farr,"9,120"\n'
    'Dunmere,Governor,,Common Field,Ben Quist,"11,004"\n'
    "Dunmere,Governor,,,Rhea Solt,\n"
    "Dunmere,Senate,2,Lantern,Ana Teller,7 004\n"
    "Dunmere,Senate,2,Harbour,Jo Venn,6 219\n"
    'Total,Governor,,Harbour,Odile Farr,"27,522"\n'
    'Total,Governor,,Common Field,Ben Quist,"28,359"\n'
    'Holm,Governor,,Harbour,Odile Farr,"18,402"\n'
    "A blank is a count that has not come in.\n"
)
WIDE = (
    "Sarnholt mayoral election 2026\n"
    "Preliminary result, 41 of 58 wards counted\n\n"
    "Ward;Registered voters;Turnout;Ada Lund;Piet Moor;Invalid\n"
    "Tarn 01;5.904;61,2 %;1.310;2.001;32\n"
    "Tarn 02;4.410;58,8 %;998;1.407;11\n"
    "Kestrel;3.020;70,1 %;1.204;811;9\n"
    "Total;13.334;62,4 %;3.512;4.219;52\n"
    "Postal votes follow on Thursday.\n"
)
JAPANESE = (
    "北斗町長選挙 開票結果\n確定\n"
    "開票区\t候補者\t党派\t得票数\t得票率\t当落\n"
    "北区\t青木春子\t港同盟\t1万2,345票\t５２．１％\t当選\n"
    "北区\t白石透\t灯火党\t11,350票\t47.9%\t\n"
    "南区\t青木春子\t港同盟\t８，２１０票\t44.0%\t\n"
    "南区\t白石透\t灯火党\t1万450票\t56.0%\t当選\n"
)


def workbook() -> bytes:
    """Return a workbook with merged headers, shares as per cent, and a second sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Provinces"
    sheet.append(["Official result of the Marrowen run-off, certified"])
    sheet.merge_cells("A1:F1")
    sheet.append([])
    sheet.append(["Province", "Ilse Brandt", None, "Omar Vey", None, "Turnout"])
    sheet.append([None, "Votes", "%", "Votes", "%", None])
    for cells in ("B3:C3", "D3:E3", "A3:A4", "F3:F4"):
        sheet.merge_cells(cells)
    for row in (
        ("Upper Marrow", 120455, 0.5512, 98101, 0.4488, 0.643),
        ("Lower Marrow", 80210, 0.4771, 87912, 0.5229, 0.598),
        ("All provinces", 200665, 0.519, 186013, 0.481, 0.622),
    ):
        sheet.append(row)
    for row in sheet.iter_rows(min_row=5, max_row=7):
        for cell in (row[1], row[3]):
            cell.number_format = "#,##0"
        for cell in (row[2], row[4], row[5]):
            cell.number_format = "0.0%"
    seats = book.create_sheet("Seats")
    for line in (("Party", "Votes", "Seats"), ("Harbour", 310200, 51), ("Lantern", 44810, 4)):
        seats.append(line)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _text(said: str) -> dict:
    return {"@type": "ElectionResults.InternationalizedText", "Text": [{"Content": said}]}


def report(**changes: object) -> bytes:
    """Return a report as NIST SP 1500-100 has them; *changes* replace parts of its first count."""
    count = {"GpUnitId": "gp1", "Type": "total", "Count": 41207} | changes
    value = {
        "@type": "ElectionResults.ElectionReport",
        "Status": "unofficial-partial",
        "GeneratedDate": "2026-11-08T23:40:00Z",
        "GpUnit": [
            {"@id": "gp1", "Name": _text("Ostrel")},
            {"@id": "gp2", "Name": _text("Quill Island")},
        ],
        "Party": [{"@id": "p1", "Name": _text("Harbour")}],
        "Election": [
            {
                "Name": _text("Sarnholt treasurer election"),
                "Candidate": [
                    {"@id": "c1", "BallotName": _text("Tove Hale")},
                    {"@id": "c2", "BallotName": _text("Ravi Stern")},
                ],
                "Contest": [
                    {
                        "Name": "Treasurer",
                        "SubUnitsReported": 12,
                        "TotalSubUnits": 30,
                        "ContestSelection": [
                            {
                                "CandidateIds": ["c1"],
                                "EndorsementPartyIds": ["p1"],
                                "VoteCounts": [
                                    count,
                                    {"GpUnitId": "gp2", "Type": "total", "Count": 2210},
                                ],
                            },
                            {
                                "CandidateIds": ["c2"],
                                "VoteCounts": [
                                    {"GpUnitId": "gp1", "Type": "total", "Count": 39115},
                                    {"GpUnitId": "gp2", "Type": "total", "Count": 3004},
                                ],
                            },
                        ],
                    }
                ],
            }
        ],
    }
    return json.dumps(value, indent=1).encode()


RECORDS = json.dumps(
    [
        {
            "region": "Skerry",
            "office": "Mayor",
            "candidate": "Nell Orr",
            "votes": 4410,
            "winner": True,
        },
        {
            "region": "Skerry",
            "office": "Mayor",
            "candidate": "Tam Voss",
            "votes": 3907,
            "winner": False,
        },
    ],
    indent=1,
).encode()

FILES: dict[str, bytes] = {
    "sarnholt-governor-2026.csv": ROWS.encode(),
    "mayor.csv": WIDE.encode(),
    "北斗町長選.tsv": JAPANESE.encode(),
    "marrowen-run-off.xlsx": workbook(),
    "treasurer.json": report(),
    "skerry-mayor.json": RECORDS,
}
