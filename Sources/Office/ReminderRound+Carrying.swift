extension ReminderRound {
    /// Tells again what digests of earlier days hold that did not go: in a section of its own, unless the recipient is told of
    /// the same thing today anyway.
    /// - Parameters:
    ///   - unsent: the digests that did not go, the oldest first.
    ///   - date: the day of the round.
    public mutating func carry(_ unsent: [ReminderDigest], asOf date: LocalDate, profile: OfficeProfile) {
        let byRecipient = Dictionary(grouping: unsent, by: \.recipient)
        let order = (profile.owners + profile.heads).filter { $0.email != nil }.map(\.id)
        digests = order.compactMap { id in
            let today = digests.first { $0.recipient == id }
            guard let digests = byRecipient[id] else { return today }
            return Self.carried(digests, into: today ?? ReminderDigest(recipient: id, date: date, sections: []))
        }
    }

    private static func carried(_ unsent: [ReminderDigest], into today: ReminderDigest) -> ReminderDigest? {
        var told = Set(today.items.map(Thing.init))
        var items: [ReminderDigest.Item] = []
        for digest in unsent {
            for var item in digest.items where told.insert(Thing(item)).inserted {
                item.daysLeft = item.due.map { $0.number - today.date.number }
                let since = "thư nhắc ngày \(digest.date.vietnamese) chưa gửi được"
                let isCarried = item.note?.contains("chưa gửi được") == true
                item.note = isCarried ? item.note : item.note.map { "\($0); \(since)" } ?? since
                items.append(item)
            }
        }
        var digest = today
        if !items.isEmpty {
            let section = ReminderDigest.Section(
                kind: .carried, items: Array(items.prefix(ReminderDigest.mostItems)), count: items.count)
            digest.sections = (today.sections + [section]).sorted { $0.kind.place < $1.kind.place }
        }
        return digest.sections.isEmpty ? nil : digest
    }

    /// What an item is about.
    private struct Thing: Hashable {
        let code: String
        let title: String
        let due: Int?

        init(_ item: ReminderDigest.Item) {
            (code, title, due) = (item.code, item.title, item.due?.number)
        }
    }
}

extension ReminderDigest.Section.Kind {
    fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
