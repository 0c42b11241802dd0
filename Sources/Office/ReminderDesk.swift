/// Where the items of a round are sorted by recipient.
struct ReminderDesk {
    private let date: LocalDate
    private let ladder: ReminderLadder
    private let profile: OfficeProfile
    private let names: [String: String]
    private let heads: Set<String>
    private var units: [String: OfficeProfile.Unit?] = [:]
    private var items: [String: [ReminderDigest.Section.Kind: [ReminderDigest.Item]]] = [:]
    private var withoutLead: [String] = []
    private var strangers: Set<String> = []
    private let beginsWeek: Bool
    private let beginsMonth: Bool

    init(date: LocalDate, ladder: ReminderLadder, profile: OfficeProfile) {
        self.date = date
        self.ladder = ladder
        self.profile = profile
        names = Dictionary(profile.owners.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        heads = Set(profile.heads.map(\.id))
        beginsWeek = ladder.beginsWeek
        beginsMonth = ladder.beginsMonth
    }

    // MARK: The plan

    mutating func take(_ row: PlanStanding, isOnlyPlan: Bool) {
        guard row.standing != .ongoing, row.standing != .onEvent, row.standing != .unconfirmed, let due = row.due else {
            takeUndated(row, isOnlyPlan)
            return
        }
        var item = ReminderDigest.Item(
            code: isOnlyPlan ? row.task : "\(row.task) (\(row.plan))",
            title: row.label, due: due,
            lastWorkingDay: row.lastWorkingDay == due ? nil : row.lastWorkingDay, daysLeft: due.number - date.number,
            isTask: true)
        let leads = row.openLeads.filter { !$0.isEmpty }
        let isOverdue = row.standing == .overdue
        let kind: ReminderDigest.Section.Kind = isOverdue ? .overdue : row.lastWorkingDay == date ? .today : .soon
        if ladder.tellsLeads(due) {
            for lead in leads {
                add(item, kind, to: lead)
                if isOverdue { add(item, kind, to: head(of: lead)) }
            }
            takeUnowned(row, item)
        } else if let starts = row.starts, starts <= date, ladder.span.contains(starts) {
            for lead in leads { add(item, .starting, to: lead) }
            takeUnowned(row, item)
        }
        if !isOverdue, ladder.tellsCoordinators(due) {
            for helper in row.coordinators { add(item, .coordination, to: helper) }
        }
        let isInMonth = due.parts.year == date.parts.year && due.parts.month == date.parts.month
        if beginsMonth, isOverdue || isInMonth { for each in row.supervisors { add(item, kind, to: each) } }
        if beginsWeek, row.overdueWorkingDays > profile.reminders.chairmanAfterWorkingDays ?? 5 {
            item.note = owing(leads)
            add(item, .overdue, to: profile.reminders.chairman)
        }
    }

    private mutating func takeUndated(_ row: PlanStanding, _ isOnlyPlan: Bool) {
        guard beginsMonth else { return }
        let item = ReminderDigest.Item(
            code: isOnlyPlan ? row.task : "\(row.task) (\(row.plan))",
            title: row.title, isTask: true, note: reason(row))
        for lead in row.openLeads where !lead.isEmpty { add(item, .undated, to: lead) }
        takeUnowned(row, item)
    }

    /// Why it is not reminded by a date.
    private func reason(_ row: PlanStanding) -> String {
        switch row.standing {
        case .onEvent: row.what ?? row.standing.vietnamese
        case .unconfirmed: row.due.map { "\(row.standing.vietnamese) \($0.vietnamese)" } ?? row.standing.vietnamese
        default: row.what.map { "\(row.standing.vietnamese): \($0)" } ?? row.standing.vietnamese
        }
    }

    private mutating func takeUnowned(_ row: PlanStanding, _ item: ReminderDigest.Item) {
        guard !row.unresolvedLeads.isEmpty else { return }
        withoutLead.append(row.milestone)
        var item = item
        item.note = "“\(row.unresolvedLeads.joined(separator: "”, “"))”"
        add(item, .unowned, to: profile.reminders.internalAffairs)
    }

    /// Who has not done it yet, in so many words as a table holds.
    private func owing(_ leads: [String]) -> String {
        let known = leads.compactMap { names[$0] }
        if known.isEmpty { return "chưa xác định đơn vị chủ trì" }
        let rest = known.count - 3
        return known.prefix(3).joined(separator: "; ") + (rest > 0 ? " và \(rest) đơn vị khác" : "")
    }

    // MARK: Case files

    mutating func take(_ file: CaseFile) {
        let due = file.dueOn(asOf: date)
        guard file.receivedOn <= date, [.pendingInTime, .pendingOverdue].contains(file.state(asOf: date)),
            ladder.tellsCase(promisedOn: due)
        else { return }
        let last = ladder.lastWorkingDay(due)
        var item = ReminderDigest.Item(
            code: file.code, title: file.procedure, due: due, lastWorkingDay: last == due ? nil : last,
            daysLeft: due.number - date.number, isTask: false)
        guard let unit = unit(file.unit) else {
            strangers.insert(file.unit)
            item.note = "“\(Phrase.spaced(file.unit))”"
            add(item, .unknownUnit, to: profile.reminders.internalAffairs)
            return
        }
        guard due < date else {
            add(item, last == date ? .today : .soon, to: unit.id)
            return
        }
        add(item, .overdue, to: unit.id)
        add(item, .overdue, to: head(of: unit.id))
        let days = ladder.calendar.workingDays(from: last, to: date)
        if beginsWeek, days > profile.reminders.chairmanAfterCaseWorkingDays ?? 3 {
            item.note = unit.name
            add(item, .overdue, to: profile.reminders.chairman)
        }
    }

    mutating func take(needsData: [(code: String, what: String)], of cases: [CaseFile]) {
        let files = Dictionary(cases.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
        for (code, what) in needsData {
            guard let file = files[code] else { continue }
            let unit = unit(file.unit)
            let due = file.dueOn(asOf: date)
            let resolvedOn = file.resolvedOn.flatMap { $0 <= date ? $0 : nil }
            var item = ReminderDigest.Item(
                code: code, title: file.procedure, due: due, daysLeft: due.number - (resolvedOn ?? date).number,
                resolvedOn: resolvedOn, isTask: false, note: "thiếu: \(what)")
            add(item, .needsData, to: unit?.id)
            guard profile.reminders.internalAffairs != unit?.id else { continue }
            item.note = "\(unit?.name ?? Phrase.spaced(file.unit)); thiếu: \(what)"
            add(item, .needsData, to: profile.reminders.internalAffairs)
        }
    }

    // MARK: Mail

    /// Who is told that a mail did not arrive sees to the address.
    mutating func take(_ bounce: BouncedMail) {
        guard ladder.span.contains(bounce.notedOn) else { return }
        let note = "máy chủ thư trả lời \(bounce.status.isEmpty ? "là không gửi được" : bounce.status)"
        let item =
            if let letter = LetterKey(bounce.key) {
                ReminderDigest.Item(
                    code: letter.code, title: "Thư xin lỗi gửi bằng thư điện tử, chuyển sang gửi bản giấy",
                    isTask: false,
                    note: note)
            } else {
                ReminderDigest.Item(code: bounce.key, title: "Thư nhắc việc", isTask: false, note: note)
            }
        add(item, .bounced, to: profile.reminders.internalAffairs)
    }

    /// A report that could not be made out is told on each day until somebody has seen to it.
    mutating func take(_ report: UnreadReport) {
        let about = report.key.map { LetterKey($0)?.code ?? $0 }
        add(
            ReminderDigest.Item(
                code: report.file,
                title:
                    "Hệ thống không đọc được thông báo này; mở hộp thư để xem, rồi ghi nhận bằng lệnh “kip mail handled”",
                isTask: false, note: report.reason.vietnamese + (about.map { ", về \($0)" } ?? "")),
            .unreadReport, to: profile.reminders.internalAffairs)
    }

    /// A letter waits for a person (`kip letters mark`), and somebody must hear of it: each day, until it is decided.
    mutating func take(uncertain letter: LetterKey, _ step: LetterStep) {
        let isOther = step.strangeReceipt != nil
        let item = ReminderDigest.Item(
            code: letter.code, title: letter.promise > 1 ? "Thư xin lỗi lần hai" : "Thư xin lỗi", isTask: false,
            note: (isOther ? "thư đã phát hành không khớp với sổ" : "\(step.state.vietnamese)")
                + (step.day.map { " từ ngày \($0.vietnamese)" } ?? ""))
        add(item, .uncertainLetter, to: profile.reminders.internalAffairs)
    }

    // MARK: Recipients

    private mutating func unit(_ name: String) -> OfficeProfile.Unit? {
        if let known = units[name] { return known }
        let unit = profile.unit(named: name)
        units[name] = .some(unit)
        return unit
    }

    private func head(of unit: String) -> String? {
        let id = unit + OfficeProfile.headSuffix
        return heads.contains(id) ? id : nil
    }

    private mutating func add(
        _ item: ReminderDigest.Item, _ kind: ReminderDigest.Section.Kind, to recipient: String?
    ) {
        guard let recipient else { return }
        // The chairman may lead a task that is on the weekly list as well.
        if item.isTask,
            let twin = items[recipient]?[kind]?.firstIndex(where: {
                $0.code == item.code && $0.title == item.title && $0.due == item.due
            })
        {
            if let note = item.note { items[recipient]?[kind]?[twin].note = note }
            return
        }
        items[recipient, default: [:]][kind, default: []].append(item)
    }

    func round() -> ReminderRound {
        let recipients = profile.owners + profile.heads
        return ReminderRound(
            digests: recipients.filter { $0.email != nil }.compactMap(digest),
            withoutMailbox: recipients.filter { $0.email == nil && items[$0.id] != nil }.map(\.id),
            withoutLead: withoutLead, unknownUnits: strangers.sorted())
    }

    private func digest(_ recipient: Recipient) -> ReminderDigest? {
        guard let found = items[recipient.id] else { return nil }
        let sections = ReminderDigest.Section.Kind.allCases.compactMap { kind in
            found[kind].map { items in
                let sorted = items.enumerated().sorted { left, right in
                    let (first, second) = (left.element.due?.number ?? .max, right.element.due?.number ?? .max)
                    return (first, left.offset) < (second, right.offset)
                }.map(\.element)
                return ReminderDigest.Section(
                    kind: kind, items: Array(sorted.prefix(ReminderDigest.mostItems)), count: sorted.count)
            }
        }
        return ReminderDigest(recipient: recipient.id, date: date, sections: sections)
    }
}
