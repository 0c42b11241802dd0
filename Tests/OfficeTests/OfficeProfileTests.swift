import Testing

@testable import Office

/// Every part of office.yaml is read.
@Suite struct OfficeProfileTests {
    @Test("parts that may be missing are taken where they stand")
    func parts() throws {
        let text = try String(contentsOf: Example.folder.appendingPathComponent("office.yaml"), encoding: .utf8)
        let profile = try OfficeProfile.parse(
            text + "\nsigning: { nssDirectory: /etc/kip/nss, nickname: UBND }\n", path: "office.yaml")
        #expect(profile.signing?.nickname == "UBND")
        #expect(profile.reports != nil)
        #expect(profile.dunning != nil)
        #expect(profile.hours != nil)
        #expect(profile.ownerRules != nil)
    }

    @Test(
        "a misspelt setting, a kind that there is not and a group without members are refused by name",
        arguments: [
            ("\ndunning:", "\nduning:", "“duning” is not a setting"),
            ("  leadWorkingDays: 1", "  leadWorkingDays: 1\n  delivry: mail", "“apology.delivry” is not a setting"),
            ("kind: ward", "kind: wardd", "“wardd”, which is not one of"),
            ("\nreports:", "\nretention: { personalDataDay: 9 }\nreports:", "retention"),
        ])
    func slips(old: String, new: String, reason: String) throws {
        let text = try String(contentsOf: Example.folder.appendingPathComponent("office.yaml"), encoding: .utf8)
        let wrong = text.replacingOccurrences(of: old, with: new)
        try #require(wrong != text)
        let error = #expect(throws: OfficeError.self) { try OfficeProfile.parse(wrong, path: "office.yaml") }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }
}
