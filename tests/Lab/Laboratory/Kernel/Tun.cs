using System.Text;

namespace Nashi.Laboratory.Kernel;

/// <summary>A network device whose other end is this process: IP packets, one a read and one a write.</summary>
internal sealed unsafe class Tun : IDisposable
{
    private const nuint Attach = 0x400454CA;
    private const int ReadWriteNonBlockingCloseOnExec = 0x2 | 0x800 | 0x80000;
    private const short PacketsWithoutHeader = 0x1 | 0x1000;

    private Tun(int file) => File = file;

    public int File { get; }

    public static Tun Open(NetSpace space, string name) => space.Run(() =>
    {
        var file = Native.Open("/dev/net/tun", ReadWriteNonBlockingCloseOnExec);
        if (file < 0) throw Native.Failure("/dev/net/tun");
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        Encoding.ASCII.GetBytes(name, new Span<byte>(request, 15));
        *(short*)(request + 16) = PacketsWithoutHeader;
        if (Native.Control(file, Attach, request) != 0) throw Native.Failure($"the TUN device {name}");
        return new Tun(file);
    });

    public void Dispose() => _ = Native.Close(File);
}
