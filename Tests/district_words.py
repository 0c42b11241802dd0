#!/usr/bin/python3
"""Looks for words of a district in every file of a folder, as a reader would see them.

usage: district_words.py FOLDER

PDF is read with pdftotext; DOCX and XLSX are unpacked, and read with and without their markup; of mail each part is decoded, and
what is attached is read as its kind; all else (the register, logs, tables) is read as it is. Prints an object a line for each
file: its path, its kind, what was found there, and the laws that it names. Exit code 1 if a word of a district was found.
"""

import email
import email.policy
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
import zipfile

# Districts, the law and the forms of their time, and the offices and the mail domain of the first example.
WORDS = [
    r"quận", r"huyện", r"quan ?1", r"61/2018", r"01/2018/TT-VPCP", r"bộ phận tiếp nhận và trả kết quả",
    r"phiếu xin lỗi",
    r"phòng (?:nội vụ|tư pháp|quản lý đô thị|tài nguyên và môi trường|tài chính - kế hoạch|y tế|giáo dục và đào tạo)",
]
FORBIDDEN = re.compile(r"(?<!\w)(?:%s)(?!\w)" % "|".join(WORDS), re.IGNORECASE)
LAW = re.compile(r"118/2025/NĐ-CP")


def plain(text):
    """One form of letters, single spaces: a PDF has spaces of its own, and some write marks apart from their letters."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))


def of_pdf(data):
    made = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, stdout=subprocess.PIPE, check=True).stdout
    info = subprocess.run(["pdfinfo", "-"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return made.decode() + info.decode()


def of_archive(data):
    texts = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            if part.startswith(b"PK\x03\x04"):
                texts.append(of_archive(part))
                continue
            text = part.decode("utf-8", "ignore")
            # A word may be parted by the markup of runs.
            texts += [name, text, re.sub(r"<[^>]*>", "", text)]
    return " ".join(texts)


def of_mail(data):
    message = email.message_from_bytes(data, policy=email.policy.default)
    texts = [str(value) for value in message.values()]
    for part in message.walk():
        if part.is_multipart():
            continue
        texts.append(part.get_filename() or "")
        texts.append(of(part.get_payload(decode=True) or b"", (part.get_filename() or ".txt").rsplit(".")[-1]))
    return " ".join(texts)


def of(data, kind):
    # By what it is: a mark in the print tray has the name of a PDF, and is text.
    if data.startswith(b"%PDF-"):
        return of_pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return of_archive(data)
    if kind == "eml":
        return of_mail(data)
    return data.decode("utf-8", "ignore")


def main():
    is_clean = True
    for folder, _, names in sorted(os.walk(sys.argv[1])):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                data = file.read()
            kind = name.rsplit(".")[-1] if "." in name else ""
            text = plain(name + " " + of(data, kind))
            found = [text[max(0, match.start() - 40):match.end() + 40] for match in FORBIDDEN.finditer(text)]
            is_clean = is_clean and not found
            print(json.dumps({
                "path": os.path.relpath(path, sys.argv[1]), "kind": kind, "found": found[:5],
                "laws": len(LAW.findall(text)),
            }))
    sys.exit(0 if is_clean else 1)


main()
