import Office
import OfficeDocuments

extension ReminderDigest {
    /// The page that tells it, where mail does not go.
    func paper(to recipient: Recipient, _ profile: OfficeProfile) -> OfficialDocument {
        OfficialDocument(
            superiorAgency: profile.superiorAgency, agency: profile.agency, number: nil, symbol: "PNV",
            place: profile.place, date: DocumentDate(date), type: "PHIẾU NHẮC VIỆC", subject: subject,
            addressees: [OfficialDocument.Addressee(recipient.name)], body: opening + sections.flatMap(Self.blocks),
            signerAuthority: ["NGƯỜI LẬP PHIẾU"], signerName: "", recipients: ["Như trên;", "Lưu: VT."])
    }

    private var opening: [Block] {
        [
            .paragraph([
                Run(
                    "Thư điện tử nhắc việc ngày \(date.form) không gửi được sau một ngày thử lại; nội dung được chuyển bằng "
                        + "phiếu này.")
            ])
        ]
    }

    private static func blocks(_ section: Section) -> [Block] {
        let rows = section.items.map { item in
            [item.code, item.title, item.due?.form ?? "–", item.note ?? ""]
        }
        let rest = section.count - section.items.count
        return [
            .heading("\(section.kind.title) (\(section.count))"),
            .table(
                Block.Table(
                    widths: [2.2, 4, 1.5, 2.6], head: ["Mã", "Nội dung", "Hạn", "Ghi chú"], rows: rows,
                    leftColumns: [0, 1, 3])),
        ] + (rest > 0 ? [.paragraph([Run("Và \(rest) việc khác.")])] : [])
    }
}
