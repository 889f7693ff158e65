import NightjarAlgorithms

extension RandomMath {
    /// The program as OpenCL C statements on the `uint` variables r0 to r8, on one line: the macro `NJ_CN_RANDOM_MATH`.
    package var openCLStatements: String { instructions.map(\.openCLStatement).joined() }
}

extension RandomMath.Instruction {
    /// `rotate` rotates left and takes its count modulo the width, so that a negative count rotates right.
    fileprivate var openCLStatement: String {
        switch opcode {
        case .mul: "r\(dst)*=r\(src);"
        case .add: "r\(dst)+=r\(src)+\(constant)u;"
        case .sub: "r\(dst)-=r\(src);"
        case .ror: "r\(dst)=rotate(r\(dst),0u-r\(src));"
        case .rol: "r\(dst)=rotate(r\(dst),r\(src));"
        case .xor: "r\(dst)^=r\(src);"
        }
    }
}
