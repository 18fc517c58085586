using System.Runtime.InteropServices;

namespace Nashi.Datagrams.Linux;

/// <summary>The system calls that a UDP socket needs, with the kernel's constants.</summary>
internal static unsafe partial class Libc
{
    public const int AfInet = 2;
    public const int AfInet6 = 10;
    public const int SockDgram = 2;
    public const int SockNonBlock = 0x800;
    public const int SockCloseOnExec = 0x80000;
    public const int SolSocket = 1;
    public const int SoSndBuf = 7;
    public const int SoRcvBuf = 8;
    public const int SoSndBufForce = 32;
    public const int SoRcvBufForce = 33;
    public const int IpProtoIp = 0;
    public const int IpTtl = 2;
    public const int IpMtuDiscover = 10;
    public const int IpPmtuDiscProbe = 3;
    public const int IpProtoIpv6 = 41;
    public const int Ipv6MtuDiscover = 23;
    public const int Ipv6HopLimit = 52;
    public const int Ipv6Only = 26;
    public const int SolUdp = 17;
    public const int UdpSegment = 103;
    public const int UdpGro = 104;
    public const int MsgDontWait = 0x40;
    public const short PollIn = 1;
    public const int EfdNonBlock = 0x800;
    public const int EfdCloseOnExec = 0x80000;
    public const int EpollCloseOnExec = 0x80000;
    public const int EpollAdd = 1;
    public const int EpollRemove = 2;
    public const uint EpollIn = 1;
    public const int EPerm = 1;
    public const int EIntr = 4;
    public const int EIo = 5;
    public const int EInval = 22;
    public const int ENoSys = 38;
    public const int EAddrInUse = 98;

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVec
    {
        public void* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MsgHdr
    {
        public void* Name;
        public uint NameLength;
        public IoVec* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MMsgHdr
    {
        public MsgHdr Header;
        public uint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct CMsgHdr
    {
        public nuint Length;
        public int Level;
        public int Type;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int bind(int descriptor, void* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getsockname(int descriptor, void* address, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsockopt(int descriptor, int level, int name, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int recvmmsg(int descriptor, MMsgHdr* messages, uint count, int flags, TimeSpec* timeout);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint sendmsg(int descriptor, MsgHdr* message, int flags);

    [LibraryImport("libc")]
    public static partial int ppoll(PollFd* descriptors, nuint count, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int eventfd(uint value, int flags);

    [LibraryImport("libc")]
    public static partial int epoll_create1(int flags);

    [LibraryImport("libc")]
    public static partial int epoll_ctl(int epoll, int operation, int descriptor, void* watched);

    [LibraryImport("libc")]
    public static partial int epoll_wait(int epoll, void* ready, int count, int milliseconds);

    [LibraryImport("libc")]
    public static partial nint read(int descriptor, void* buffer, nuint count);

    [LibraryImport("libc")]
    public static partial nint write(int descriptor, void* buffer, nuint count);

    [LibraryImport("libc")]
    public static partial int close(int descriptor);
}
