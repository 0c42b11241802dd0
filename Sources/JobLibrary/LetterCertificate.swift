import Office
import OfficeDocuments

/// The certificate that every late case file has its apology, for an inspector: the figures, each late promise beside its
/// letter, and the chain by which it can be checked. It names no citizen.
public struct LetterCertificate {
    private let audit: LetterAudit
    private let profile: OfficeProfile
    private let period: String

    /// A certificate of an audit.
    /// - Parameter period: the period's name within a sentence: `quý I năm 2024`.
    public init(_ audit: LetterAudit, _ profile: OfficeProfile, period: String) {
        self.audit = audit
        self.profile = profile
        self.period = period
    }

    /// The document, without a number.
    public var document: OfficialDocument {
        OfficialDocument(
            superiorAgency: profile.superiorAgency, agency: profile.agency, number: nil,
            symbol: "BB-" + (profile.apology.symbol.split(separator: "-").last.map(String.init) ?? "UBND"),
            place: profile.place, date: DocumentDate(audit.asOf), type: "BIÊN BẢN",
            subject: "Kiểm tra việc xin lỗi đối với hồ sơ trễ hạn \(period)", body: body,
            signerAuthority: profile.signer.authority, signerName: profile.signer.name,
            recipients: profile.apology.certificateRecipients ?? ["Lưu: VT."])
    }

    private var body: [Block] {
        [
            .paragraph([
                Run(
                    "Kỳ kiểm tra: từ ngày \(audit.start.form) đến ngày \(audit.end.form), theo số liệu đến hết ngày "
                        + "\(audit.asOf.form). Chỉ tiêu: 100% hồ sơ giải quyết trễ hạn có thư xin lỗi.")
            ]),
            .heading("1. Kết quả"),
            .table(
                Block.Table(
                    widths: [5, 1.4], head: ["Nội dung", "Số lượng"], rows: figures.map { [$0.0, "\($0.1)"] },
                    leftColumns: [0])),
            .paragraph([Run("Kết luận: ", bold: true), Run(verdict)]),
            .heading("2. Từng hồ sơ trễ hạn và thư xin lỗi"),
        ] + (audit.rows.isEmpty ? [.paragraph([Run("Không phát sinh hồ sơ trễ hạn trong kỳ.")])] : [.table(rows)])
            + disagreements + [
                .heading("3. Căn cứ để kiểm tra lại"),
                .paragraph([
                    Run(
                        "Mỗi số thư và mỗi lần chuyển trạng thái là một dòng của chuỗi băm SHA-256 trong sổ của hệ thống; không dòng "
                            + "nào sửa, bỏ hay chèn được mà các dòng sau không đổi. Biên bản này được lập khi dòng cuối là dòng "
                            + "\(audit.chainLine), giá trị băm:")
                ]),
                .paragraph([Run(audit.chainHash, bold: true)]),
                .paragraph([
                    Run(
                        "Kiểm tra lại bằng lệnh: kip letters audit --from \(audit.start) --to \(audit.end) --as-of \(audit.asOf) "
                            + "--contains GIÁ-TRỊ-BĂM.")
                ]),
            ]
    }

    private var disagreements: [Block] {
        if audit.strangers.isEmpty { return [] }
        return [.paragraph([Run("Số liệu, tệp không khớp với sổ:", bold: true)])]
            + audit.strangers.map { .paragraph([Run($0 + ".")]) }
    }

    private var figures: [(String, Int)] {
        [
            ("Hồ sơ trễ hạn", audit.caseFiles), ("Lần trễ hẹn phải xin lỗi", audit.rows.count),
            ("Thư xin lỗi đã lập", audit.letters),
            ("Trong đó: gửi chậm nhất vào ngày hẹn trả", audit.inTime),
            ("Trong đó: lập và cấp số chậm nhất vào ngày hẹn trả, không kể ngày gửi", audit.numberedInTime),
            ("Thư ghi ngày sớm hơn ngày cấp số trong chuỗi băm", audit.backdated),
            ("Còn thiếu thư", audit.count(.missing)),
            ("Trùng thư", audit.count(.doubled)), ("Đã lập nhưng chưa gửi", audit.count(.unsent) - audit.returned),
            ("Đã gửi nhưng bị trả lại", audit.returned),
            ("Chưa rõ đã gửi hay chưa", audit.count(.uncertain)),
            ("Số liệu, tệp không khớp với sổ", audit.strangers.count),
        ]
    }

    private var verdict: String {
        let doubt = audit.count(.uncertain)
        if !audit.isWhole {
            return
                "KHÔNG ĐẠT chỉ tiêu; các trường hợp thiếu, trùng, chưa gửi, bị trả lại, chưa rõ hoặc không khớp được nêu dưới đây"
                + (doubt == 0 ? "." : "; còn \(doubt) thư cần người phụ trách xác nhận đã gửi.")
        }
        let delayed = audit.letters - audit.inTime
        if delayed == 0 { return "ĐẠT chỉ tiêu 100% hồ sơ trễ hạn được xin lỗi kịp thời." }
        let unnumbered = audit.letters - audit.numberedInTime
        return
            "100% hồ sơ trễ hạn đã có thư xin lỗi, nhưng \(delayed) thư gửi sau ngày hẹn trả"
            + (delayed == unnumbered ? "" : " (trong đó \(delayed - unnumbered) thư đã lập đúng hạn)")
            + ": CHƯA ĐẠT yêu cầu kịp thời."
    }

    /// The day that a letter bears, and that of its number where it was given later: the day that counts.
    private static func day(of row: LetterAudit.Row) -> String {
        guard let dated = row.dated, let counts = row.countsOn else { return "–" }
        return counts == dated ? dated.form : "\(dated.form) (cấp số \(counts.form))"
    }

    private var rows: Block.Table {
        let cells = audit.rows.enumerated().map { index, row in
            [
                "\(index + 1)", row.obligation.key.code + (row.obligation.key.promise > 1 ? " (lần hai)" : ""),
                profile.unitName(row.obligation.unit), row.obligation.due.form,
                row.obligation.resolvedOn?.form ?? "chưa có",
                row.number.map { "\($0)" } ?? "thiếu", Self.day(of: row),
                row.verdict == .doubled ? "trùng số" : row.step?.state.vietnamese ?? row.lacks,
            ]
        }
        return Block.Table(
            widths: [0.75, 3, 2.1, 1.35, 1.35, 0.85, 1.35, 1.25],
            head: ["STT", "Mã hồ sơ", "Đơn vị", "Ngày hẹn", "Có kết quả", "Số thư", "Ngày thư", "Tình trạng"],
            rows: cells, leftColumns: [1, 2])
    }
}
