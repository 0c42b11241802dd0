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
}
