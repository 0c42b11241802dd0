import Testing

@testable import Office

/// How the people and bodies of case files are addressed, by names as registers and clerks write them.
@Suite struct AddresseeTests {
    @Test(
        "a title that stands in the name is used, once",
        arguments: [
            ("Nguyễn Thị Lan", "Ông/Bà Nguyễn Thị Lan", "Ông/Bà"),
            ("Ông Nguyễn Văn An", "Ông Nguyễn Văn An", "Ông"),
            ("ÔNG  NGUYỄN VĂN AN", "Ông NGUYỄN VĂN AN", "Ông"),
            ("ông: Nguyễn Văn An", "Ông Nguyễn Văn An", "Ông"),
            ("Ô. Nguyễn Văn An", "Ông Nguyễn Văn An", "Ông"),
            ("Bà Trần Thị Hoa", "Bà Trần Thị Hoa", "Bà"),
            ("Ông Ông Nguyễn Văn An", "Ông Nguyễn Văn An", "Ông"),
            ("Ông/Bà Nguyễn Văn An", "Ông/Bà Nguyễn Văn An", "Ông/Bà"),
            ("Ông (Bà) Nguyễn Văn An", "Ông/Bà Nguyễn Văn An", "Ông/Bà"),
            ("Ông(Bà) Nguyễn Văn An", "Ông/Bà Nguyễn Văn An", "Ông/Bà"),
            ("(Ông) Nguyễn Văn An", "Ông Nguyễn Văn An", "Ông"),
            ("Ông / Bà Nguyễn Văn An", "Ông/Bà Nguyễn Văn An", "Ông/Bà"),
            ("Ông/Bà Bà Trần Thị Hoa", "Bà Trần Thị Hoa", "Bà"),
            ("Ông Nguyễn Văn An và bà Trần Thị Hoa", "Ông Nguyễn Văn An và bà Trần Thị Hoa", "Ông/Bà"),
            ("Anh Nguyễn Văn An", "Anh Nguyễn Văn An", "Anh"), ("Cụ Lê Thị Sáu", "Cụ Lê Thị Sáu", "Cụ"),
            ("Mr. John Smith", "Ông John Smith", "Ông"),
            ("Luật sư Nguyễn Văn An", "Luật sư Nguyễn Văn An", "Ông/Bà"),
            ("Hộ ông Nguyễn Văn An", "Hộ ông Nguyễn Văn An", "Ông"),
            ("Hộ gia đình bà Trần Thị Hoa", "Hộ gia đình bà Trần Thị Hoa", "Bà"),
            ("Ông Nguyễn Văn An - Giám đốc Công ty TNHH ABC", "Ông Nguyễn Văn An - Giám đốc Công ty TNHH ABC", "Ông"),
            // Family names that look like words of bodies, and names without diacritics.
            ("Đoàn Văn Hậu", "Ông/Bà Đoàn Văn Hậu", "Ông/Bà"), ("Trương Thị Mai", "Ông/Bà Trương Thị Mai", "Ông/Bà"),
            ("TRUONG VAN AN", "Ông/Bà TRUONG VAN AN", "Ông/Bà"), ("Nguyen Van Co", "Ông/Bà Nguyen Van Co", "Ông/Bà"),
            ("Hộiphát", "Ông/Bà Hộiphát", "Ông/Bà"), ("Nguyễn Thị Hội", "Ông/Bà Nguyễn Thị Hội", "Ông/Bà"),
        ])
    func persons(name: String, addressed: String, you: String) {
        let addressee = Addressee(name)
        #expect(addressee.name == addressed)
        #expect(addressee.you == you)
    }

    @Test(
        "a body is known by the words of registers, in full and short, at the beginning or anywhere",
        arguments: [
            "CÔNG TY TNHH AN BÌNH", "Cty TNHH ABC", "C.ty CP Sài Gòn", "CTCP Đầu tư An Phú", "Cong ty TNHH ABC",
            "DNTN Hoa Mai", "HKD Nguyễn Văn An", "Hộ kinh doanh Nguyễn Thị Lan", "HTX Vận tải số 9", "An Bình JSC",
            "ABC Trading Co., Ltd", "Sunrise Holdings", "TNHH MTV Minh Long", "An Phát Cổ phần", "“Công ty TNHH” An",
            "Ngân hàng Á Châu", "NH TMCP Á Châu", "Ban quản lý chợ Bến Thành", "BQL chung cư Vạn Đô",
            "Trường THPT Bùi Thị Xuân",
            "THCS Minh Đức", "Mầm non Hoa Lan", "Hội Chữ thập đỏ Quận 1", "UBND Phường Bến Nghé",
            "Uỷ ban nhân dân Phường 1",
            "Ủy ban Mặt trận Tổ quốc", "Chùa Phước Hải", "Giáo xứ Tân Định", "Toà án nhân dân Quận 1", "Công an Quận 1",
            "VPĐD Toshiba", "Chi nhánh Công ty ABC", "Nhà thuốc Long Châu", "Anh ngữ ILA",
        ])
    func bodies(name: String) {
        #expect(Addressee(name).you == "Quý tổ chức", "\(name)")
        #expect(Addressee(name).name == name)
    }

    @Test("an office's own words add to those that are known")
    func own() throws {
        var rules = try Example.profile().apology
        #expect(rules.addressee("Tổ nhân dân số 5").you == "Ông/Bà")
        rules.organisations = ["Tổ nhân dân"]
        #expect(rules.addressee("TỔ NHÂN DÂN số 5").you == "Quý tổ chức")
        #expect(rules.addressee("Công ty A").you == "Quý tổ chức")
        #expect(rules.addressee("Tổ nhân").you == "Ông/Bà")
    }
}
