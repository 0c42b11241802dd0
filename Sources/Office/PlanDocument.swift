extension Plan {
    public static func parse(document: String) throws(OfficeError) -> Plan { throw .plan("todo") }
}
