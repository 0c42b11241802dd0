"""Tables of case files as offices export them, one file each, in the folder that is named: three case files, written by
hand in the ways of spreadsheets, one-stop software and text editors. The Swift test says what must come out of each."""
import datetime
import gzip
import os
import sys
import unicodedata

from openpyxl import Workbook

FOLDER = sys.argv[1]
HEAD = ["ma_ho_so", "ten_thu_tuc", "linh_vuc", "don_vi", "nguoi_nop", "ngay_tiep_nhan", "ngay_hen_tra", "ngay_co_ket_qua"]
TITLES = ["Mã hồ sơ", "Tên thủ tục hành chính", "Lĩnh vực", "Đơn vị giải quyết", "Người nộp", "Ngày tiếp nhận",
          "Ngày hẹn trả kết quả", "Ngày có kết quả"]
ROWS = [
    ["000.00.19.H29-240313-0001", "Đăng ký khai sinh", "Hộ tịch", "UBND Phường Bến Nghé", "Nguyễn Thị Ánh",
     "13/03/2024", "20/03/2024", "18/03/2024"],
    ["000.00.19.H29-240314-0002", "Chuyển mục đích sử dụng đất", "Đất đai", "Phòng Tài nguyên và Môi trường",
     "Trần Văn Đức", "14/03/2024", "28/03/2024", ""],
    ["000.00.19.H29-240315-0003", "Chứng thực hợp đồng, giao dịch", "Chứng thực", "Phòng Tư pháp", "Lê Hoàng Ước",
     "15/03/2024", "19/03/2024", "19/03/2024"],
]


def write(name, data):
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(data)


def quoted(cell, separator):
    return '"' + cell.replace('"', '""') + '"' if separator in cell or '"' in cell or "\n" in cell else cell


def csv(rows, separator=";", end="\r\n"):
    return "".join(separator.join(quoted(cell, separator) for cell in row) + end for row in rows)


def text(name, rows, separator=";", end="\r\n", encoding="utf-8", before=""):
    write(name, (before + csv(rows, separator, end)).encode(encoding))


def changed(change, columns=(5, 6, 7)):
    """The rows with the cells of these columns changed."""
    return [[change(cell) if index in columns and cell else cell for index, cell in enumerate(row)] for row in ROWS]


def day(text):
    return datetime.datetime.strptime(text, "%d/%m/%Y").date()


def serial(text, epoch=datetime.date(1899, 12, 30)):
    return (day(text) - epoch).days


def twice(text):
    """UTF-8 taken for Windows-1252, as browsers have it, and encoded again."""
    return "".join(bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte)
                   for byte in text.encode("utf-8"))


def tones_apart(text):
    """Letters with their shapes, and tones after them, as Windows-1258 has them."""
    result = ""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323")
        result += unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in tone)) + tone
    return result


def book(name, *sheets, hidden=(), epoch=None):
    workbook = Workbook()
    workbook.remove(workbook.active)
    if epoch:
        workbook.epoch = epoch
    for title, rows, *merges in sheets:
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for merge in merges:
            sheet.merge_cells(merge)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
    workbook.save(os.path.join(FOLDER, name))


def real(rows):
    """The rows with days of the spreadsheet."""
    return [row[:5] + [day(cell) if cell else None for cell in row[5:]] for row in rows]


def page(rows, head="", foot=""):
    body = "".join("<tr>" + "".join(f"<td class=xl25>{cell or '&nbsp;'}</td>" for cell in row) + "</tr>\r\n" for row in rows)
    return ('<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv="Content-Type" '
            'content="text/html; charset=utf-8"><style>td { mso-number-format:"\\@"; }</style></head>'
            f"<body><table border=1>{head}{body}</table>{foot}</body></html>")


# Text.
text("comma-lf.csv", [HEAD] + ROWS, ",", "\n")
text("mac-cr.csv", [HEAD] + ROWS, end="\r")
write("mixed-ends.csv", (csv([HEAD]) + csv(ROWS[:1], end="\r") + csv(ROWS[1:2], end="\n") + csv(ROWS[2:], end="\r\n")).encode())
text("mark-twice.csv", [HEAD] + ROWS, before="\ufeff\ufeff")
text("sep-line.csv", [HEAD] + ROWS, before="\ufeffsep=;\r\n")
text("sep-tab.csv", [HEAD] + ROWS, "\t", before="sep=\t\r\n")
text("bars.txt", [HEAD] + ROWS, "|")
text("utf16-le-bare.txt", [HEAD] + ROWS, "\t", encoding="utf-16-le")
text("utf16-be-mark.txt", [HEAD] + ROWS, "\t", encoding="utf-16-be", before="\ufeff")
text("tidy-titles.csv", [TITLES] + ROWS)
text("titles-above.csv", [
    ["ỦY BAN NHÂN DÂN QUẬN 1", "", "", "", "", "", "", "", ""], ["DANH SÁCH HỒ SƠ, THÁNG 3/2024"], [""],
    ["STT"] + TITLES, ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)"],
    ["1"] + ROWS[0], ["2"] + ROWS[1], ["3"] + ROWS[2],
    ["", "Tổng cộng: 3 hồ sơ", "", "", "", "", "", "", ""], ["", "Người lập biểu", "", "", "", "", "Thủ trưởng", "", ""]])
text("groups-between.csv", [TITLES, ["I. Hộ tịch"] + [""] * 7, ROWS[0], ["II. Các lĩnh vực khác"] + [""] * 7, ROWS[1], TITLES, ROWS[2]])
text("camel-names.csv", [["MaHoSo", "TenThuTuc", "LinhVuc", "DonVi", "NguoiNop", "NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy"]] + ROWS, ",")
text("dropped-separators.csv", [HEAD + ["ly_do_tre"]] + [[cell for cell in row] for row in [ROWS[0], ROWS[1][:7], ROWS[2]]])
text("decomposed.csv", [[unicodedata.normalize("NFD", cell) for cell in row] for row in [TITLES] + ROWS])
write("quotes-inside.csv", (csv([HEAD] + ROWS[:2]) + ";".join(ROWS[2]).replace("Lê Hoàng Ước", 'Công ty "ABC"') + "\r\n").encode())
write("quote-open.csv", (csv([HEAD] + ROWS[:1]) + ";".join(ROWS[1]).replace("Trần", '"Trần') + "\r\n" + csv(ROWS[2:])).encode())
text("days-dots.csv", [HEAD] + changed(lambda cell: cell.replace("/", ".")))
text("days-dashes.csv", [HEAD] + changed(lambda cell: cell.replace("/", "-")))
text("days-time-first.csv", [HEAD] + changed(lambda cell: "16:30 " + cell))
text("days-nbsp.csv", [HEAD] + changed(lambda cell: cell + "\u00a016:30"))
text("days-serial.csv", [HEAD] + changed(lambda cell: str(serial(cell))))
text("days-moments.csv", [HEAD] + changed(lambda cell: (day(cell) - datetime.timedelta(1)).isoformat() + "T17:00:00.000Z"), ",")
text("days-month-first.csv", [HEAD] + changed(lambda cell: day(cell).strftime("%m/%d/%Y")), ",")
text("days-both.csv", [HEAD, ["BN-1", "Khai sinh", "Hộ tịch", "Phòng Tư pháp", "Lan", "01/03/2024", "08/03/2024", ""],
                       ["BN-2", "Khai sinh", "Hộ tịch", "Phòng Tư pháp", "Lan", "04/03/2024", "05/03/2024", ""]])
text("placeholders.csv", [HEAD, ROWS[0], [cell or "-" for cell in ROWS[1]], ROWS[2]])
text("placeholders-na.csv", [HEAD, ROWS[0], [cell or "N/A" for cell in ROWS[1]], ROWS[2]])
write("encoded-twice.csv", twice(csv([TITLES] + ROWS)).encode())
write("encoded-twice-lost.csv", (csv([HEAD] + ROWS[:2]) + csv([[cell if cell != ROWS[2][4] else "LÃª HoÃ ng Æ¯á»?c" for cell in ROWS[2]]])).encode())
write("windows-1258.csv", tones_apart(csv([HEAD] + ROWS)).encode("cp1258"))
text("spellings.csv", [HEAD] + ROWS + [[ROWS[0][0].lower().replace("-", "–")] + ROWS[0][1:6] + ["21/03/2024", ""]])
text("buddhist.csv", [HEAD] + ROWS[:2] + [ROWS[2][:6] + ["19/03/2567", ""]])
text("scientific.csv", [HEAD] + ROWS[:2] + [["2,40315E+17"] + ROWS[2][1:]])
text("channels.csv", [HEAD + ["hinh_thuc"]] + [row + [name] for row, name in zip(ROWS, ["Bưu chính công ích", "Trực tuyến", "Tại quầy"])])
text("unknown-channel.csv", [HEAD + ["hinh_thuc"]] + [row + [name] for row, name in zip(ROWS, ["Trực tiếp", "Trực tuyến", "Loa phường"])])
text("missing-column.csv", [row[:6] + row[7:] for row in [TITLES] + ROWS])
text("headless.csv", ROWS)
text("header-alone.csv", [TITLES])
write("cut-off.csv", csv([HEAD] + ROWS).encode()[:-25])
write("empty.csv", b"")

# Workbooks.
book("plain.xlsx", ("Sheet1", [HEAD] + real(ROWS)))
book("cover-sheet.xlsx", ("Bìa", [["ỦY BAN NHÂN DÂN QUẬN 1"], [], ["Báo cáo tháng 3"]]),
     ("Danh sách", [["DANH SÁCH HỒ SƠ"], [], ["STT"] + TITLES] + [[number + 1] + row for number, row in enumerate(real(ROWS))]))
book("group-row.xlsx", ("Sheet1", [
    ["STT", "Hồ sơ", None, None, None, "Người nộp", "Ngày", None, None],
    [None, "Mã hồ sơ", "Tên thủ tục", "Lĩnh vực", "Đơn vị", None, "Tiếp nhận", "Hẹn trả", "Có kết quả"]]
    + [[number + 1] + row for number, row in enumerate(real(ROWS))], "A1:A2", "B1:E1", "F1:F2", "G1:I1"))
book("sheet-for-each-unit.xlsx", ("Bến Nghé", [TITLES] + real(ROWS[:1])), ("Phòng ban", [TITLES] + real(ROWS[1:])))
book("hidden-first.xlsx", ("Cũ", [TITLES] + real(ROWS[:1])), ("Mới", [TITLES] + real(ROWS)), hidden=("Cũ",))
book("sheets-differ.xlsx", ("A", [TITLES] + real(ROWS[:1])), ("B", [TITLES[:7]] + [row[:7] for row in real(ROWS[1:])]))
book("texts.xlsx", ("Sheet1", [TITLES] + ROWS))
book("serials.xlsx", ("Sheet1", [TITLES] + [row[:5] + [serial(cell) if cell else None for cell in row[5:]] for row in ROWS]))
book("serials-1904.xlsx", ("Sheet1", [TITLES] + [
    row[:5] + [serial(cell, datetime.date(1904, 1, 1)) if cell else None for cell in row[5:]] for row in ROWS]),
    epoch=datetime.datetime(1904, 1, 1))
book("long-number.xlsx", ("Sheet1", [TITLES] + real(ROWS[:2]) + [[240315000300012345] + real(ROWS)[2][1:]]))
# As an Excel of American settings opens a CSV of Vietnamese days: what can be month before day becomes a day, turned around.
book("days-turned.xlsx", ("Sheet1", [TITLES] + [
    ["BN-1"] + ROWS[0][1:5] + [datetime.date(2024, 4, 3), "15/03/2024", None],
    ["BN-2"] + ROWS[1][1:5] + [datetime.date(2024, 5, 3), datetime.date(2024, 7, 3), None],
    ["BN-3"] + ROWS[2][1:5] + ["13/03/2024", "19/03/2024", None]]))
# The same with codes that bear the day of receipt: a text was not turned around, however well it agrees with its code.
book("days-turned-codes.xlsx", ("Sheet1", [TITLES] + [
    ["000.00.01.H29-240304-0001"] + ROWS[0][1:5] + [datetime.date(2024, 4, 3), "15/04/2024", None],
    ["000.00.01.H29-240305-0002"] + ROWS[1][1:5] + [datetime.date(2024, 5, 3), datetime.date(2024, 7, 3), None],
    ["000.00.01.H29-240313-0003"] + ROWS[2][1:5] + ["13/03/2024", "19/03/2024", None]]))
book("moments.xlsx", ("Sheet1", [TITLES] + [
    row[:5] + [datetime.datetime.combine(day(cell), datetime.time(16, 30)) if cell else None for cell in row[5:]] for row in ROWS]))

# What is called a workbook and is none.
write("page.xls", page([TITLES] + ROWS).encode())
write("page-entities.xls", page([[cell.replace("à", "&agrave;").replace("ị", "&#7883;") for cell in row] for row in [TITLES] + ROWS]).encode())
write("page-merged.xls", page(
    [["1"] + ROWS[0], ["2"] + ROWS[1], ["3"] + ROWS[2]],
    "<tr><td colspan=9><b>DANH SÁCH<br>HỒ SƠ</b></td></tr><tr><th rowspan=2>STT</th><th colspan=4>Hồ sơ</th><th rowspan=2>Người nộp</th>"
    "<th colspan=3>Ngày</th></tr><tr><th>Mã hồ sơ<th>Tên thủ tục<th>Lĩnh vực<th>Đơn vị<th>Tiếp nhận<th>Hẹn trả<th>Có kết quả</tr>",
    "<table><tr><td>Người lập</td><td>Thủ trưởng</td></tr></table>").encode())
write("page-utf16.xls", page([TITLES] + ROWS).encode("utf-16"))
write("old.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "Workbook".encode("utf-16-le").ljust(128, b"\0") + bytes(512))
write("xml-2003.xls", b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>')
write("a.pdf", b"%PDF-1.7\n")
write("xml-2003-table.xls", b'\xef\xbb\xbf<?xml version="1.0"?>\r\n<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
      b'<ss:Worksheet ss:Name="A"><Table><Row><Cell><Data>x</Data></Cell></Row></Table></ss:Worksheet></ss:Workbook>')

# What programs do to a file.
write("kept-as-text.csv", (csv([HEAD]) + "".join(";".join(f'="{cell}"' for cell in row) + "\r\n" for row in ROWS)).encode())
write("control-z.csv", csv([HEAD] + ROWS).encode() + b"\x1a")
text("character-references.csv", [HEAD] + [[cell.replace("ễ", "&#7877;").replace("ị", "&#7883;").replace("à", "&agrave;") for cell in row]
                                           for row in ROWS], ",")
text("headers-repeated.csv", [TITLES, ROWS[0], TITLES, [title.upper() for title in TITLES], ROWS[1], ROWS[2]])
TURNED = [4, 1, 2, 3, 0, 5, 6, 7]
text("tables-below.csv", [TITLES, ROWS[0], [""], ["Bảng 2"]] + [[row[index] for index in TURNED] for row in [TITLES] + ROWS[1:]])
text("tables-differ.csv", [TITLES] + ROWS + [TITLES[:7], ["BN-1"] + ROWS[0][1:7]])
# The unit and the field of all three stand in the first, merged; the header's too.
book("merged-down.xlsx", ("Sheet1", [TITLES, [None] * 8] + [
    row[:2] + (row[2:4] if number == 0 else [None, None]) + row[4:] for number, row in enumerate(real(ROWS))],
    "A1:A2", "B1:B2", "C3:C5", "D3:D5"))
text("errors.csv", [HEAD] + ROWS[:2] + [ROWS[2][:7] + ["#REF!"]])
text("too-narrow.csv", [HEAD] + ROWS[:2] + [ROWS[2][:7] + ["########"]])
book("uncomputed.xlsx", ("Sheet1", [HEAD] + real(ROWS[:2]) + [real(ROWS)[2][:7] + ["=G4-1"]]))
text("lost-letters.csv", [HEAD] + ROWS[:2] + [ROWS[2][:4] + ["Lê Ho?ng ??c"] + ROWS[2][5:]])
text("name-zero.csv", [HEAD] + ROWS[:2] + [ROWS[2][:4] + ["0"] + ROWS[2][5:]])
text("two-returns.csv", [TITLES + ["Ngày trả", "Ngày trả kết quả"]] + [row + ["", ""] for row in ROWS])
write("packed.csv.gz", gzip.compress(csv([HEAD] + ROWS).encode()))
with open(os.path.join(FOLDER, "plain.xlsx"), "rb") as whole:
    write("cut.xlsx", whole.read()[:-300])
write("zeros.csv", bytes(4_096))
