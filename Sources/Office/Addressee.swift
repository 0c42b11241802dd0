import Foundation

/// How a letter addresses the person or body that handed in a case file. The letter, its envelope and its mail all use it, so
/// that they say the same.
///
/// A title that stands in the name is used, once: “Ông Nguyễn Văn An” stays so. A person without one is “Ông/Bà”. A body has
/// no title: it is recognised by the words of `OrganisationWords`.
public struct Addressee: Sendable, Equatable {
    /// After “Kính gửi:”: `Ông/Bà Nguyễn Thị Lan`, `Bà Trần Thị Hoa`, `Công ty TNHH An Bình`.
    public let name: String
    /// Within a sentence: `Ông/Bà`, `Bà`, `Quý tổ chức`.
    public let you: String

    /// An addressee.
    /// - Parameters:
    ///   - applicant: the name as the case file has it; spaces at its ends or doubled are left out.
    ///   - organisations: what names of bodies begin with, beside the words that are known.
    public init(_ applicant: String, organisations: [String] = []) {
        let words = applicant.split(whereSeparator: \.isWhitespace).map(String.init)
        let plain = words.joined(separator: " ")
        // “Anh ngữ ABC” begins like a title, so bodies are looked for first.
        if OrganisationWords.begin(plain, with: organisations) {
            (name, you) = (plain, Self.body)
        } else if let titled = Titled(words) {
            (name, you) = (titled.name, titled.you)
        } else if OrganisationWords.stand(in: plain) {
            (name, you) = (plain, Self.body)
        } else {
            (name, you) = ("\(Self.person) \(plain)", Self.person)
        }
    }

    /// A body within a sentence.
    static let body = "Quý tổ chức"
    /// A person whose title is not known.
    static let person = "Ông/Bà"

    /// A name that begins with a title.
    private struct Titled {
        let name: String
        let you: String

        /// Titles that say more than “Ông/Bà”, as tables of case files have them, and how they are written.
        private static let titles = [
            "ông": "Ông", "ô": "Ông", "mr": "Ông", "bà": "Bà", "mrs": "Bà", "ms": "Bà", "miss": "Bà", "anh": "Anh",
            "chị": "Chị", "cô": "Cô", "chú": "Chú", "bác": "Bác", "cụ": "Cụ", "cậu": "Cậu", "thầy": "Thầy",
            "ngài": "Ngài",
        ]
        /// Both titles in one, as forms have them: “Ông/Bà”, “Ông (Bà)”, “Ông bà”.
        private static let both: Set<String> = ["ông/bà", "ông(bà", "ô/b", "ông,bà", "ông-bà"]
        /// Titles that say nothing of how the person is addressed within a sentence.
        private static let offices = [
            "luật sư", "bác sĩ", "dược sĩ", "kỹ sư", "kiến trúc sư", "tiến sĩ", "thạc sĩ", "giáo sư", "phó giáo sư",
            "nhà giáo", "nghệ sĩ", "đồng chí", "đ/c", "linh mục", "mục sư", "hòa thượng", "thượng tọa", "đại đức",
            "ni sư",
            "ni trưởng", "sư cô", "nữ tu",
        ].map { $0.split(separator: " ").map(String.init) }
        /// What stands before the title of the head of a household: “Hộ ông Nguyễn Văn An”, “Hộ gia đình bà …”.
        private static let households = [["hộ", "gia", "đình"], ["hộ"]]

        init?(_ words: [String]) {
            let plain = words.map(Self.plain)
            if let household = Self.households.first(where: { plain.starts(with: $0) }),
                let title = Titled(Array(words.dropFirst(household.count)))
            {
                let head = title.name.prefix(1).lowercased() + title.name.dropFirst()
                name = (words.prefix(household.count) + [head]).joined(separator: " ")
                you = title.you
                return
            }
            if let office = Self.offices.first(where: { plain.starts(with: $0) }), words.count > office.count {
                (name, you) = (words.joined(separator: " "), Addressee.person)
                return
            }
            var rest = words[...]
            var title: String?
            while let (found, count) = Self.title(rest), rest.count > count {
                // “Ông/Bà Bà Hoa”: the title that says more counts.
                if title == nil || found != Addressee.person { title = found }
                rest = rest.dropFirst(count)
            }
            guard let title else { return nil }
            name = "\(title) \(rest.joined(separator: " "))"
            // “Ông Nguyễn Văn An và bà Trần Thị Hoa” are two.
            let others = rest.dropFirst().compactMap { Self.titles[Self.plain($0)] }
            you = others.contains { ($0 == "Ông" || $0 == "Bà") && $0 != title } ? Addressee.person : title
        }

        private static func title(_ words: ArraySlice<String>) -> (title: String, words: Int)? {
            guard let first = words.first.map(plain) else { return nil }
            if both.contains(first) { return (Addressee.person, 1) }
            if let second = words.dropFirst().first.map(plain) {
                if first == "ông", ["bà", "/bà"].contains(second) { return (Addressee.person, 2) }
                if first == "ông", ["/", "-", "hoặc", "và"].contains(second),
                    words.dropFirst(2).first.map(plain) == "bà"
                {
                    return (Addressee.person, 3)
                }
            }
            return titles[first].map { ($0, 1) }
        }

        /// A word as titles are compared: small, without the sign that follows it.
        private static func plain(_ word: String) -> String {
            OrganisationWords.folded(word).trimmingCharacters(in: CharacterSet(charactersIn: ".:,;()"))
        }
    }
}

extension OfficeProfile.ApologyRules {
    /// How the letter about a case file addresses its applicant.
    public func addressee(_ applicant: String) -> Addressee {
        Addressee(applicant, organisations: organisations ?? [])
    }
}
