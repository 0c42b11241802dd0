import Office
import OfficeDocuments

/// A report as a document: what the figures say in short sentences, then the figures in tables (DOMAIN, 9): on-time figures,
/// targets, late files and apologies, the plan, feedback and petitions; each unit's section at the end.
struct ReportDocument {
    let figures: ReportFigures
    let profile: OfficeProfile
    let targets: TargetList

    var document: OfficialDocument {
        let rules = profile.reports
        return OfficialDocument(
            superiorAgency: profile.superiorAgency, agency: profile.agency, number: nil,
            symbol: rules?.symbol ?? "BC-UBND", place: profile.place, date: DocumentDate(figures.asOf),
            type: "BÁO CÁO",
            subject: "Kết quả giải quyết thủ tục hành chính và thực hiện chỉ tiêu cải cách hành chính "
                + figures.period.vietnamese,
            body: missing + onTime + judged + late + plan + feedback, signerAuthority: profile.signer.authority,
            signerName: profile.signer.name,
            recipients: Self.recipients(rules?.recipients ?? ["Như trên", "Lưu: VT"]),
            appendices: [forms, sections], agencyInText: profile.agencyInText)
    }

    private static func recipients(_ lines: [String]) -> [String] {
        lines.enumerated().map { $1 + ($0 == lines.count - 1 ? "." : ";") }
    }

    private var words: ReportSentences { ReportSentences(figures: figures) }

    // MARK: Parts

    private var missing: [Block] {
        guard !figures.missingSections.isEmpty else { return [] }
        return [.paragraph([Run(words.missing, bold: true)])]
    }

    private var onTime: [Block] {
        var blocks: [Block] = [.heading("I. KẾT QUẢ GIẢI QUYẾT HỒ SƠ THỦ TỤC HÀNH CHÍNH")]
        blocks += words.onTime.map { .paragraph($0) }
        blocks.append(.heading("1. Theo lĩnh vực", level: .section))
        blocks.append(ReportTables.brief(figures.byField, "Kết quả giải quyết hồ sơ theo lĩnh vực"))
        blocks += ReportCharts.fields(figures)
        blocks.append(.heading("2. Theo cơ quan, đơn vị", level: .section))
        blocks.append(ReportTables.brief(figures.byUnit, "Kết quả giải quyết hồ sơ theo cơ quan, đơn vị"))
        if figures.hasWards {
            blocks.append(.heading("3. Theo phường", level: .section))
            blocks.append(ReportTables.brief(figures.byWard, "Kết quả giải quyết hồ sơ theo phường"))
        }
        return blocks + ReportCharts.units(figures)
    }

    private var judged: [Block] {
        var blocks: [Block] = [
            .heading("II. THỰC HIỆN CÁC CHỈ TIÊU" + (targets.plan.isEmpty ? "" : " CỦA KẾ HOẠCH SỐ \(targets.plan)")),
            .paragraph(words.verdicts),
        ]
        let open = figures.verdicts.filter { $0.verdict != .noData }
        if !open.isEmpty { blocks.append(ReportTables.verdicts(open)) }
        if let few = words.fewInTable { blocks.append(.paragraph(few)) }
        if let silent = words.withoutData { blocks.append(.paragraph(silent)) }
        return blocks + words.contradictions(targets).map { .paragraph($0) }
    }

    private var late: [Block] {
        var blocks: [Block] = [
            .heading("III. HỒ SƠ TRỄ HẠN VÀ VIỆC XIN LỖI"), .paragraph(words.apologies),
        ]
        if figures.apologies.lateFiles == 0 { return blocks }
        blocks.append(ReportTables.apologies(figures))
        let most = profile.reports?.lateFilesShown ?? 40
        let shown = Array(figures.lateFiles.prefix(most))
        if !shown.isEmpty { blocks.append(ReportTables.lateFiles(shown)) }
        if shown.count < figures.lateFiles.count {
            blocks.append(.paragraph([Run(words.furtherLateFiles(shown: shown.count))]))
        }
        return blocks
    }

    private var plan: [Block] {
        var blocks: [Block] = [.heading("IV. TIẾN ĐỘ THỰC HIỆN KẾ HOẠCH"), .paragraph(words.plan)]
        if !figures.plan.rows.isEmpty { blocks.append(ReportTables.plan(figures.plan)) }
        return blocks
    }

    private var feedback: [Block] {
        guard let target = targets.feedback else { return [] }
        let rows = figures.indicators.filter { $0.target == target }
        var blocks: [Block] = [
            .heading("V. TIẾP NHẬN, XỬ LÝ PHẢN ÁNH, KIẾN NGHỊ"),
            .paragraph(words.feedback(figures.verdicts.filter { $0.target == target })),
        ]
        if !rows.isEmpty { blocks.append(ReportTables.indicators(rows)) }
        return blocks
    }

    // MARK: Appendices

    /// The official form needs paper on its side.
    private var forms: OfficialDocument.Appendix {
        .init(
            title: "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH \(figures.period.vietnamese.uppercased())",
            reference: (profile.reports?.formReference ?? "Biểu số II.06a/VPCP/KSTT, Thông tư số 01/2020/TT-VPCP")
                + "; đơn vị tính: số hồ sơ",
            orientation: .landscape,
            body: [
                ReportTables.form(figures.byField, "Theo lĩnh vực"),
                ReportTables.form(figures.byUnit, "Theo cơ quan, đơn vị"),
            ] + (figures.hasWards ? [ReportTables.form(figures.byWard, "Theo phường")] : []))
    }

    private var sections: OfficialDocument.Appendix {
        let made = figures.sections.filter { !figures.missingSections.contains($0.unit) }
        var blocks: [Block] = []
        for section in made where section.table.total.received > 0 {
            blocks.append(.heading(section.unit, level: .section))
            blocks.append(.paragraph(words.section(section)))
            blocks.append(ReportTables.brief(section.table))
        }
        let idle = made.filter { $0.table.total.received == 0 }.map(\.unit)
        if !idle.isEmpty {
            blocks.append(.paragraph([Run("Không phát sinh hồ sơ trong kỳ: \(idle.joined(separator: "; ")).")]))
        }
        return .init(title: "KẾT QUẢ CỦA TỪNG ĐƠN VỊ", body: blocks)
    }
}
