import CheckedYAML
import Foundation

/// What an office is: its names, its signer, its units and fields, its rules. Law changes and districts end, so all of
/// it is data (`office.yaml`), never code.
public struct OfficeProfile: Codable, Sendable {
    /// `ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH`.
    public var superiorAgency: String
    /// `ỦY BAN NHÂN DÂN QUẬN 1`.
    public var agency: String
    /// The agency within a sentence: `Ủy ban nhân dân Quận 1`.
    public var agencyInText: String
    /// Where documents are dated: `Quận 1`.
    public var place: String
    /// What all of the office is called in tables: `Toàn quận`, `Toàn phường`; nil = `Toàn địa bàn`.
    public var wholeOffice: String?
    /// The one-stop desk, where results are handed over.
    public var desk: Desk
    /// Who signs.
    public var signer: Signer
    /// The rules of apology letters.
    public var apology: ApologyRules
    /// With which key letters are signed; nil = they are signed by hand.
    public var signing: Signing?
    /// The rules of reminders.
    public var reminders: ReminderRules
    /// When the office works on a day; nil = the hours of `WorkingHours.standard`.
    public var hours: WorkingHours?
    /// What the office's own software calls the columns of case files, by Kịp's names (`CaseColumn`); nil = the
    /// same.
    public var caseColumns: [String: String]?
    /// What it calls values, by Kịp's name of the column (`hinh_thuc`, `linh_vuc`, `don_vi`, `trang_thai`): each spelling,
    /// and what it means; nil = the official names and usual spellings alone.
    public var caseValues: [String: [String: String]]?
    /// Whether it writes days before months; nil = each file must tell.
    public var caseDates: DateOrder?
    /// The rules of reports (`reports`); nil = their defaults.
    public var reports: ReportRules?
    /// The fields of administrative procedures.
    public var fields: [Field]
    /// The units that resolve case files and lead tasks.
    public var units: [Unit]
    /// Names of groups of units.
    public var groups: [Group]
    /// How the plan's owners are read, and who beside the units they may mean (`owners`); nil = by name alone.
    public var ownerRules: OwnerRules?
    /// What the office has decided about its plan (`plan`); nil = nothing.
    public var planRules: PlanRules?
    /// The rules of dunning letters (`dunning`); nil = none are written.
    public var dunning: DunningRules?
    /// How long citizens' data are kept (`retention`); nil = for ever.
    public var retention: RetentionRules?
    /// Which case files `CaseSample` makes up (`sample`); nil = some of the fields and units.
    public var sample: SampleRules?

    private enum CodingKeys: String, CodingKey {
        case superiorAgency, agency, agencyInText, place, wholeOffice, desk, signer, apology, reminders, hours
        case caseColumns, fields
        case caseValues, caseDates
        case units, groups, dunning, signing, reports, retention, sample
        case ownerRules = "owners"
        case planRules = "plan"
    }

    /// The one-stop desk.
    public struct Desk: Codable, Sendable {
        /// Its name.
        public var name: String
        /// Its address.
        public var address: String
        /// Its telephone.
        public var phone: String
        /// What “Nơi nhận” of letters calls it; nil = its name up to the first comma.
        public var shortName: String?
    }

    /// Who signs.
    public struct Signer: Codable, Sendable {
        /// Capitals, one line each: `KT. CHỦ TỊCH`, `PHÓ CHỦ TỊCH`.
        public var authority: [String]
        /// The name; empty for a draft that is to be signed.
        public var name: String
    }

    /// The office's key for electronic signatures, in an NSS store of its own (`certutil`) without a password.
    public struct Signing: Codable, Sendable {
        /// The store's folder, its owner's alone.
        public var nssDirectory: String
        /// The certificate's name in the store.
        public var nickname: String
    }

    /// The rules of apology letters (Decree 61/2018/NĐ-CP, article 19, up to 30 June 2025, Decree 118/2025/NĐ-CP since;
    /// Decision 5157/QĐ-UBND of 30 September 2016).
    public struct ApologyRules: Codable, Sendable {
        /// A letter falls due so many working days before the promised return date.
        public var leadWorkingDays: Int
        /// The register's book.
        public var book: String
        /// What follows the number: `PXL-UBND`.
        public var symbol: String
        /// No letter is written about a promised day before this one; nil = about all. It keeps a first import of years gone by
        /// from writing letters about them.
        public var since: LocalDate?
        /// How letters go out; nil = `print`.
        public var delivery: Delivery?
        /// Lines of “Nơi nhận” of the audit's certificate; nil = `Lưu: VT.`
        public var certificateRecipients: [String]?
        /// What names of bodies begin with, so that they are not addressed as persons, beside the words that `Addressee` knows;
        /// nil = nothing more.
        public var organisations: [String]?
        /// What the letter leans on.
        public var legalBasis: String
        /// The form's own words; nil = those of the slip of 2018 (`LetterForm.slip`).
        public var form: LetterForm?
        /// What letters lean on since a day, by the day on which the file came in: law changes, and a file keeps the law of
        /// its day. nil = `legalBasis` for all.
        public var legalBases: [LegalBasis]?

        /// How a letter goes out.
        public enum Delivery: String, Codable, Sendable {
            /// Into the print tray.
            case print
            /// By mail where the case file has an address, else into the print tray.
            case mail
        }

        /// What letters lean on for files that came in since a day.
        public struct LegalBasis: Codable, Sendable {
            /// The first day.
            public var from: LocalDate
            /// As it stands in a sentence after “Căn cứ”.
            public var text: String
            /// The form's own words; nil = `apology.form`.
            public var form: LetterForm?
        }

        /// The words that a circular's form has of its own.
        public struct LetterForm: Codable, Sendable, Equatable {
            /// The title, in capitals.
            public var title: String
            /// The title of a letter that gives no new day, as the result is there; nil = `title`.
            public var titleWithoutNewDay: String?
            /// What stands before the new day.
            public var newDay: String

            /// Form 04 of 2018, “Phiếu xin lỗi và hẹn lại ngày trả kết quả”.
            public static let slip = LetterForm(
                title: "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ", titleWithoutNewDay: "PHIẾU XIN LỖI",
                newDay: "Hẹn lại ngày trả kết quả")
        }

        /// What the letter about a file leans on that came in on a day.
        public func legalBasis(for received: LocalDate) -> String { basis(for: received)?.text ?? legalBasis }

        /// The form's words for a file that came in on a day.
        public func form(for received: LocalDate) -> LetterForm { basis(for: received)?.form ?? form ?? .slip }

        private func basis(for received: LocalDate) -> LegalBasis? {
            (legalBases ?? []).filter { $0.from <= received }.max { $0.from < $1.from }
        }
    }

    /// The rules of reminders.
    public struct ReminderRules: Codable, Sendable {
        /// Days before a milestone of the plan.
        public var planLeadDays: [Int]
        /// Working days before a case file's promised return date.
        public var caseLeadWorkingDays: [Int]
        /// The sender of mail.
        public var sender: String
        /// Coordinators are told of a milestone from so many days before it on; default 7.
        public var coordinatorDays: Int?
        /// Who gets the weekly list of what is long overdue: the id of a unit or a body; nil = nobody.
        public var chairman: String?
        /// Milestones are long overdue after so many working days; default 5.
        public var chairmanAfterWorkingDays: Int?
        /// Case files are long overdue after so many working days; default 3.
        public var chairmanAfterCaseWorkingDays: Int?
        /// Who sees letters that wait for data, and tasks without an owner: the id of a unit or a body; nil = nobody.
        public var internalAffairs: String?
    }

    /// A field of procedures.
    public struct Field: Codable, Sendable {
        /// Its name, as case files write it.
        public var name: String
        /// The number of its target (T1 to T5).
        public var target: String
        /// Per cent that must be on time.
        public var onTimePercent: Double
        /// The rate must be above the figure, not just reach it.
        public var strict: Bool?
    }

    /// A unit.
    public struct Unit: Codable, Sendable {
        /// Short and stable.
        public var id: String
        /// Its name.
        public var name: String
        /// `department`, `ward`, `centre`, `branch` or `outside`.
        public var kind: String
        /// The official mailbox; a unit without one gets no reminders.
        public var email: String?
        /// What else the plan and case files call it or its head.
        public var aliases: [String]?
        /// Per cent of case files that must be on time, where the unit has a target of its own.
        public var onTimePercent: Double?
        /// What the plan's appendix says instead, where it differs.
        public var appendixPercent: Double?
        /// The head, who is told what is overdue; nil = the unit's mailbox alone is told.
        public var head: Head?
    }

    /// The head of a unit.
    public struct Head: Codable, Sendable {
        /// As letters address the head: `Trưởng Phòng Nội vụ`.
        public var title: String
        /// The official mailbox.
        public var email: String
    }

    /// A phrase that stands for several units.
    public struct Group: Codable, Sendable {
        /// The phrases.
        public var phrases: [String]
        /// The kinds of units that it stands for; nil = none.
        public var kinds: [String]?
        /// Ids of units and bodies that it stands for beside these; nil = none.
        public var units: [String]?
    }

    /// Reads a profile.
    /// - Throws: `OfficeError.profile` that names the file and the key.
    public static func load(path: String) throws(OfficeError) -> OfficeProfile {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw .profile("\(path) cannot be read; name the office's profile with --profile or KIP_OFFICE_PROFILE")
        }
        return try parse(text, path: path)
    }

    static func parse(_ text: String, path: String) throws(OfficeError) -> OfficeProfile {
        do {
            let profile = try CheckedYAML.decodeStrictly(OfficeProfile.self, from: text, others: ["mail"])
            let strangers = (profile.caseColumns ?? [:]).keys.filter { CaseColumn(rawValue: $0) == nil }
            try profile.reports?.check(path)
            if let stranger = strangers.min() {
                throw OfficeError.profile(
                    "\(path): “caseColumns.\(stranger)” is no column; the columns are "
                        + CaseColumn.allCases.map(\.rawValue).joined(separator: ", "))
            }
            if let slip = CaseImportRules.slip(in: profile.caseValues ?? [:], profile) {
                throw OfficeError.profile("\(path): \(slip)")
            }
            if let slip = profile.slipInUnits() ?? profile.slipInOwners() ?? profile.slipInReminders()
                ?? profile.retention?.slip ?? profile.slipInForms() ?? profile.slipInSample()
            {
                throw OfficeError.profile("\(path): \(slip)")
            }
            return profile
        } catch let error as OfficeError {
            throw error
        } catch let error as DecodingError {
            throw .profile("\(path): \(CheckedYAML.words(for: error, in: text))")
        } catch let error as CheckedYAML.Refused {
            throw .profile("\(path): \(error)")
        } catch {
            throw .profile("\(path) is not YAML: \(error)")
        }
    }

    /// What documents call the unit that a case file names: its name as `office.yaml` has it; a stranger keeps its own, with
    /// single spaces.
    public func unitName(_ name: String) -> String {
        if units.contains(where: { $0.name == name }) { return name }
        return unit(named: name)?.name ?? Phrase.spaced(name)
    }

    /// What documents call the field that a case file names, as `unitName`.
    public func fieldName(_ name: String) -> String {
        if fields.contains(where: { $0.name == name }) { return name }
        let wanted = Phrase.normalized(name)
        return fields.first { Phrase.normalized($0.name) == wanted }?.name ?? Phrase.spaced(name)
    }

    /// The unit that a case file names, by its id, name or an alias.
    public func unit(named name: String) -> Unit? {
        // What was imported bears the unit's own name.
        if let unit = units.first(where: { $0.name == name || $0.id == name }) { return unit }
        let wanted = Phrase.normalized(name)
        return units.first { unit in
            ([unit.id, unit.name] + (unit.aliases ?? [])).contains { Phrase.normalized($0) == wanted }
        }
    }
}

extension OfficeProfile {
    /// The first form of letters that lacks its words; nil = there is none.
    fileprivate func slipInForms() -> String? {
        let forms =
            [("apology.form", apology.form)]
            + (apology.legalBases ?? []).map { ("legalBases, from \($0.from)", $0.form) }
        for case (let key, let form?) in forms {
            let words = [form.title, form.titleWithoutNewDay ?? form.title, form.newDay]
            if words.contains(where: { Phrase.spaced($0).isEmpty }) {
                return "“\(key)” has an empty text: “title” and “newDay” are what the letter says"
            }
        }
        return nil
    }
}

extension OfficeProfile.Desk {
    /// As “Nơi nhận” names it.
    public var recipient: String {
        shortName ?? name.split(separator: ",").first.map { Phrase.spaced(String($0)) } ?? name
    }
}

extension OfficeProfile.Unit {
    /// Whether a text names it: its name or an alias stands there as whole words.
    public func isNamed(in text: String) -> Bool {
        let text = Phrase.normalized(text)
        return ([name] + (aliases ?? [])).map(Phrase.normalized).contains { name in
            guard let first = name.utf8.first else { return false }
            // By bytes: both are composed, and each letter asks.
            return text.utf8.indices.contains { start in
                guard text.utf8[start] == first, text.utf8[start...].starts(with: name.utf8) else { return false }
                let end = text.utf8.index(start, offsetBy: name.utf8.count)
                return [text[..<start].last, text[end...].first].allSatisfy {
                    !($0?.isLetter ?? false) && !($0?.isNumber ?? false)
                }
            }
        }
    }
}

/// Why the office's data cannot be used.
public enum OfficeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The profile.
    case profile(String)
    /// The plan.
    case plan(String)
    /// A file of case files.
    case cases(String)
    /// The register.
    case register(String)
    /// The register is held by another process, and may be free in a moment.
    case busy(String)
    /// A document that no retry can make, as it is too long for its page.
    case unprintable(String)

    /// What happened, where, and what to do next.
    public var description: String {
        switch self {
        case .profile(let text), .plan(let text), .cases(let text), .register(let text), .busy(let text),
            .unprintable(let text):
            text
        }
    }
}
