import Office
import OfficeDocuments

/// What the figures say, in short sentences.
struct ReportSentences {
    let figures: ReportFigures

    private func count(_ value: Int) -> String { FigureText.grouped(value) }

    var missing: String {
        "BÁO CÁO CHƯA ĐẦY ĐỦ: không lập được phần của \(figures.missingSections.joined(separator: "; ")). Số liệu chung vẫn "
            + "gồm hồ sơ của các đơn vị này; phụ lục không có phần của các đơn vị này."
    }

    // MARK: On time

    var onTime: [[Run]] {
        let total = figures.total
        var received = [
            Run(
                "Trong kỳ (từ ngày \(figures.period.start.form) đến ngày \(figures.end.form)), tổng số hồ sơ phải giải quyết là "
            ),
            Run(count(total.received), bold: true),
            Run(
                ", gồm \(count(total.online + total.direct)) hồ sơ tiếp nhận mới (trực tuyến \(count(total.online)); trực tiếp, "
                    + "qua bưu chính \(count(total.direct))) và \(count(total.carriedOver)) hồ sơ từ kỳ trước chuyển sang."
            ),
        ]
        if figures.end < figures.period.end {
            received.append(Run(" Kỳ báo cáo chưa kết thúc; số liệu tính đến ngày \(figures.end.form)."))
        }
        let open = Run(
            "Đang giải quyết \(count(total.pending)) hồ sơ"
                + (total.pending == 0
                    ? "."
                    : ", trong đó \(count(total.pendingInTime)) trong hạn, \(count(total.pendingOverdue)) quá hạn."))
        return [received, resolved, [open]]
    }

    private var resolved: [Run] {
        let total = figures.total
        if total.resolved == 0 { return [Run("Trong kỳ không phát sinh hồ sơ đã giải quyết.")] }
        return [
            Run("Đã giải quyết "), Run(count(total.resolved), bold: true),
            Run(
                " hồ sơ: \(count(total.early)) trước hạn, \(count(total.onTime)) đúng hạn, \(count(total.late)) quá hạn. Tỷ lệ "
                    + "đúng hạn (gồm trước hạn) đạt "),
            Run(total.onTimeShare.text(), bold: true), Run(comparison + "."),
        ]
    }

    private var comparison: String {
        guard let before = figures.totalBefore, let period = figures.periodBefore else { return "" }
        guard let change = figures.total.onTimeShare.change(since: before.onTimeShare) else {
            return "; \(period.vietnamese) không phát sinh hồ sơ để so sánh"
        }
        return ", \(change.words) so với \(period.vietnamese) (\(before.onTimeShare.text()))" + few(before)
    }

    /// That a comparison says little, where it does.
    private func few(_ before: OnTimeFigures) -> String {
        let periods = [("kỳ này", figures.total), ("kỳ trước", before)].filter { $0.1.onTimeShare.isOfFew }
        if periods.isEmpty { return "" }
        let counts = periods.map { "\($0) chỉ có \(count($1.resolved)) hồ sơ đã giải quyết" }
        return "; \(counts.joined(separator: ", ")) nên so sánh chỉ để tham khảo"
    }

    /// Explains the star in a column of changes; nil = no row has one.
    var fewInTable: [Run]? {
        guard figures.verdicts.contains(where: \.comparesFew) else { return nil }
        return [
            Run(
                "(*) Kỳ này hoặc kỳ trước có dưới \(Share.few) hồ sơ nên so sánh với kỳ trước chỉ để tham khảo.",
                italic: true)
        ]
    }

    func section(_ section: UnitFigures) -> [Run] {
        let total = section.table.total
        var text =
            "Tiếp nhận \(count(total.received)) hồ sơ, đã giải quyết \(count(total.resolved)), tỷ lệ đúng hạn "
            + (total.resolved == 0 ? "không phát sinh" : total.onTimeShare.text())
            + "; đang giải quyết \(count(total.pending)), quá hạn \(count(total.pendingOverdue))."
        if section.apologies.lateFiles > 0 {
            text +=
                " Hồ sơ trễ hạn \(count(section.apologies.lateFiles)), xin lỗi kịp thời \(count(section.apologies.inTime))."
        }
        return [Run(text)]
    }

    // MARK: Targets

    var verdicts: [Run] {
        func number(_ verdict: TargetVerdict.Verdict) -> Int { figures.verdicts.count { $0.verdict == verdict } }
        var runs = [
            Run(
                "Trong \(figures.verdicts.count) nội dung chỉ tiêu: \(number(.met)) đạt, \(number(.notMet)) không đạt, "
                    + "\(number(.nothing)) không phát sinh, \(number(.noData)) chưa có số liệu.")
        ]
        let failed = figures.verdicts.filter { $0.verdict == .notMet }
        if !failed.isEmpty {
            let names = failed.map { "\($0.part) (\($0.subject): \($0.valueText))" }
            runs += [Run(" Không đạt: ", bold: true), Run(names.joined(separator: "; ") + ".")]
        }
        return runs
    }

    var withoutData: [Run]? {
        let silent = figures.verdicts.filter { $0.verdict == .noData }
        if silent.isEmpty { return nil }
        let names = silent.map { "\($0.part) \($0.title)" }
        return [Run("Chưa có số liệu: ", bold: true), Run(names.joined(separator: "; ") + ".")]
    }

    /// Where the plan contradicts itself: both figures, and which one judges.
    func contradictions(_ targets: TargetList) -> [[Run]] {
        var notes = figures.verdicts.filter(\.contradicts).map { verdict in
            "Ghi chú \(verdict.part): kế hoạch đặt các mức khác nhau: \(verdict.boundText); báo cáo đánh giá theo mức chặt hơn, "
                + "\(verdict.judgedBy.bound.words(isRank: verdict.measure == .rank)) (\(verdict.judgedBy.words))."
        }
        notes += targets.targets.compactMap { target in target.note.map { "Ghi chú \(target.id): \($0)" } }
        return notes.map { [Run($0)] }
    }

    // MARK: Late files, plan, feedback

    var apologies: [Run] {
        let apologies = figures.apologies
        if apologies.lateFiles == 0 { return [Run("Trong kỳ không phát sinh hồ sơ trễ hạn.")] }
        return [
            Run("Có "), Run(count(apologies.lateFiles), bold: true),
            Run(
                " hồ sơ trễ hạn (đã giải quyết quá hạn và đang quá hạn). Đã xin lỗi kịp thời, chậm nhất vào ngày hẹn trả: "
                    + "\(count(apologies.inTime)) hồ sơ, tỷ lệ "), Run(apologies.share.text(), bold: true),
            Run(
                "; xin lỗi sau ngày hẹn trả: \(count(apologies.afterwards)); thư bị trả lại: \(count(apologies.returned)); chưa "
                    + "có thư xin lỗi, hoặc thư chưa gửi: \(count(apologies.without))."),
        ]
    }

    func furtherLateFiles(shown: Int) -> String {
        "Còn \(count(figures.lateFiles.count - shown)) hồ sơ trễ hạn khác; danh sách đầy đủ trong bảng tính kèm theo."
    }

    var plan: [Run] {
        let plan = figures.plan
        if plan.tasks == 0 { return [Run("Chưa có kế hoạch nào được nhập vào hệ thống.")] }
        let overdue = plan.rows.reduce(0) { $0 + $1.overdue }
        let done = plan.rows.reduce(0) { $0 + $1.done }
        let all = plan.rows.reduce(0) { $0 + $1.dated }
        var text =
            "Kế hoạch có \(count(plan.tasks)) nhiệm vụ với \(count(plan.milestones)) mốc có thời hạn và \(count(plan.undated)) mốc "
            + "thường xuyên hoặc khi có phát sinh. Tính theo từng cơ quan chủ trì là \(count(all)) lượt mốc: đã hoàn thành "
            + "\(count(done)), còn trong hạn \(count(all - done - overdue)), quá hạn \(count(overdue))."
        if plan.doubtful > 0 {
            text += " Có \(count(plan.doubtful)) mốc có thời hạn chưa rõ, chưa được tính."
        }
        return [Run(text)]
    }

    func feedback(_ verdicts: [TargetVerdict]) -> [Run] {
        let known = verdicts.filter { $0.value != nil }
        if known.isEmpty { return [Run("Chưa có đơn vị nào báo cáo số liệu phản ánh, kiến nghị trong kỳ.")] }
        let parts = known.map { verdict in
            let share = verdict.value ?? Share(0, of: 0)
            return "\(verdict.title): \(count(share.numerator))/\(count(share.denominator)), "
                + "tỷ lệ \(verdict.valueText), \(verdict.verdictText.lowercased())"
        }
        return [Run(parts.joined(separator: ". ") + ".")]
    }
}
