import Office
import OfficeDocuments

/// The report of a period as a document: figures first, then words about them. A period that has not ended is counted
/// up to the report's own day.
struct ReportDocument {
    private let office: OfficeSetup
    private let period: ReportPeriod
    private let date: LocalDate
    private let end: LocalDate
    private let cases: [CaseFile]

    init(_ office: OfficeSetup, _ period: ReportPeriod, _ date: LocalDate) throws(OfficeError) {
        self.office = office
        self.period = period
        self.date = date
        end = min(period.end, date)
        cases = try office.register.cases()
    }

    var document: OfficialDocument {
        get throws(OfficeError) {
            let profile = office.profile
            return OfficialDocument(
                superiorAgency: profile.superiorAgency, agency: profile.agency, number: nil, symbol: "BC-UBND",
                place: profile.place, date: DocumentDate(date), type: "BÁO CÁO",
                subject: "Kết quả giải quyết thủ tục hành chính \(period.vietnamese)",
                body: try body, signerAuthority: profile.signer.authority, signerName: profile.signer.name,
                recipients: [
                    "Sở Nội vụ;", "Thường trực UBND Quận 1;", "Các phòng, ban, UBND 10 phường;", "Lưu: VT, NV.",
                ])
        }
    }

    private var body: [Block] {
        get throws(OfficeError) {
            let fields = OnTimeFigures.table(
                cases, from: period.start, to: end, names: office.profile.fields.map(\.name)
            ) { $0.field }
            let units = OnTimeFigures.table(
                cases, from: period.start, to: end, names: office.profile.units.map(\.name)
            ) { $0.unit }
            var blocks: [Block] = [
                .heading("I. KẾT QUẢ GIẢI QUYẾT HỒ SƠ"), summary(fields),
                .heading("1. Theo lĩnh vực"), table("Lĩnh vực", fields, targetOfField), chart(fields),
                .heading("2. Theo đơn vị"), table("Đơn vị", units, targetOfUnit),
            ]
            blocks += notes(units)
            blocks += [.heading("II. HỒ SƠ TRỄ HẠN VÀ THƯ XIN LỖI"), .paragraph([Run(try apologies)])]
            blocks += [.heading("III. NHIỆM VỤ THEO KẾ HOẠCH"), .paragraph([Run(try tasks)])]
            return blocks
        }
    }

    // MARK: Figures

    private func summary(_ figures: [OnTimeFigures]) -> Block {
        func sum(_ value: (OnTimeFigures) -> Int) -> Int { figures.reduce(0) { $0 + value($1) } }
        let resolved = sum { $0.resolved }
        let rate = resolved == 0 ? nil : Double(resolved - sum { $0.late }) * 100 / Double(resolved)
        return .paragraph([
            Run("Từ ngày \(period.start.form) đến ngày \(end.form), tổng số hồ sơ là "),
            Run("\(sum { $0.received })", bold: true),
            Run(
                " (tiếp nhận mới trong kỳ \(sum { $0.online + $0.direct }), trong đó trực tuyến \(sum { $0.online }); từ kỳ "
            ),
            Run("trước chuyển qua \(sum { $0.carriedOver })). Đã giải quyết "), Run("\(resolved)", bold: true),
            Run(
                " hồ sơ: trước hạn \(sum { $0.early }), đúng hạn \(sum { $0.onTime }), trễ hạn \(sum { $0.late }); tỷ lệ "
            ),
            Run("trước và đúng hạn "), Run(Self.percent(rate), bold: true),
            Run(". Đang giải quyết \(sum { $0.pending }) hồ sơ, trong đó quá hạn \(sum { $0.pendingOverdue })."),
        ])
    }

    private func table(
        _ name: String, _ figures: [OnTimeFigures], _ target: (String) -> OnTimeTarget?
    ) -> Block {
        let rows = figures.enumerated().map { index, row in
            let target = target(row.name)
            let verdict = target.map {
                $0.isMet(by: row.onTimePercent).map { $0 ? "Đạt" : "Chưa đạt" } ?? "Không phát sinh"
            }
            return [
                "\(index + 1)", row.name, "\(row.received)", "\(row.early)", "\(row.onTime)", "\(row.late)",
                "\(row.pendingInTime)", "\(row.pendingOverdue)", Self.percent(row.onTimePercent),
                target.map(Self.text) ?? "–", verdict ?? "–",
            ]
        }
        return .table(
            Block.Table(
                widths: [6.5, 19.5, 6.5, 7.5, 7.5, 6.5, 7.5, 7, 10, 10, 11.5],
                head: [
                    "STT", name, "Tổng số", "Trước hạn", "Đúng hạn", "Trễ hạn", "Đang xử lý", "Quá hạn",
                    "Tỷ lệ đúng hạn",
                    "Chỉ tiêu", "Kết quả",
                ], rows: rows, leftColumns: [1]))
    }

    private func chart(_ figures: [OnTimeFigures]) -> Block {
        .chart(
            Block.Chart(
                caption: "Tỷ lệ giải quyết đúng hạn theo lĩnh vực (vạch đứng: chỉ tiêu; cột nhạt: chưa đạt)",
                bars: figures.map { row in
                    let target = targetOfField(row.name) ?? OnTimeTarget(id: "T1", percent: 100, strict: false)
                    return Block.Chart.Bar(
                        label: row.name, value: row.onTimePercent, valueText: Self.percent(row.onTimePercent),
                        target: target.percent, isMet: target.isMet(by: row.onTimePercent) ?? true)
                }))
    }

    private func targetOfField(_ name: String) -> OnTimeTarget? {
        office.profile.fields.first { $0.name == name }.map {
            OnTimeTarget(id: $0.target, percent: $0.onTimePercent, strict: $0.strict ?? false)
        }
    }

    private func targetOfUnit(_ name: String) -> OnTimeTarget? {
        office.profile.unit(named: name)?.onTimePercent.map { OnTimeTarget(id: "T5", percent: $0, strict: false) }
    }

    /// Where the plan's body and its appendix differ, both are shown.
    private func notes(_ units: [OnTimeFigures]) -> [Block] {
        office.profile.units.compactMap { unit in
            guard let percent = unit.onTimePercent, let appendix = unit.appendixPercent,
                units.contains(where: { $0.name == unit.name })
            else { return nil }
            return .paragraph([
                Run(
                    "Ghi chú: đối với \(unit.name), phần chỉ tiêu của kế hoạch ghi \(Self.number(percent))%, phụ lục ghi "
                        + "\(Self.number(appendix))%; báo cáo đánh giá theo mức cao hơn.")
            ])
        }
    }

    // MARK: Words

    private var apologies: String {
        get throws(OfficeError) {
            let late = cases.filter { file in
                let state = file.state(asOf: end)
                let isLate = state == .late || state == .pendingOverdue
                let inPeriod = file.resolvedOn.map { $0 >= period.start } ?? true
                return isLate && inPeriod && file.receivedOn <= end
            }
            let letters = try office.register.issuedKeys(kind: "letter", upTo: date)
            let written = late.filter { letters.contains(LetterKey(code: $0.code, promise: 1).description) }.count
            let rate = late.isEmpty ? nil : Double(written) * 100 / Double(late.count)
            return
                "Hồ sơ trễ hạn (đã giải quyết trễ và đang quá hạn): \(late.count). Đã có thư xin lỗi: \(written), tỷ lệ "
                + "\(Self.percent(rate)) (chỉ tiêu 100%). Còn thiếu: \(late.count - written)."
        }
    }

    private var tasks: String {
        get throws(OfficeError) {
            let milestones = try office.register.plans().flatMap(\.tasks).flatMap(\.milestones)
            let dated = milestones.filter { $0.kind == .by && $0.suspect == nil }.compactMap(\.due)
            let inPeriod = dated.filter { $0 >= period.start && $0 <= period.end }.count
            let count = try office.register.plans().reduce(0) { $0 + $1.tasks.count }
            if count == 0 { return "Chưa có kế hoạch nào được nhập vào hệ thống." }
            return
                "Kế hoạch có \(count) nhiệm vụ với \(dated.count) mốc thời hạn; trong kỳ báo cáo có \(inPeriod) mốc đến hạn, "
                + "\(dated.filter { $0 > date }.count) mốc chưa đến hạn."
        }
    }

    /// `98,5%`, with a comma, as Vietnamese writes decimals; nothing to judge is said so. Cut, not rounded: 99.996 % of a
    /// target of 100 % must not read as if it were reached.
    private static func percent(_ value: Double?) -> String {
        guard let value else { return "Không phát sinh" }
        return number((value * 100).rounded(.down) / 100) + "%"
    }

    private static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let fraction = hundredths % 100
        if fraction == 0 { return "\(hundredths / 100)" }
        let digits = fraction < 10 ? "0\(fraction)" : "\(fraction)"
        return "\(hundredths / 100)," + (digits.hasSuffix("0") ? String(digits.dropLast()) : digits)
    }

    private static func text(_ target: OnTimeTarget) -> String {
        (target.strict ? "> " : target.percent == 100 ? "" : "≥ ") + number(target.percent) + "%"
    }
}
