using System.Runtime.InteropServices;

namespace Nashi.Datagrams.Linux;

/// <summary>The memory that a thread receives into, whichever of its sockets it receives from.</summary>
/// <remarks>Only the pages that datagrams reach are ever real memory. It goes when its thread has gone.</remarks>
internal sealed unsafe class ReceiveRing
{
    /// <summary>Datagrams, or trains of them, for each system call.</summary>
    public const int BatchMax = 16;

    // With GRO the kernel joins datagrams of one flow into up to 64 KiB.
    private const int SlotSize = 65_536;
    private const int ControlSize = 64;

    [ThreadStatic]
    private static ReceiveRing? t_spare;

    private readonly byte* _memory;

    private ReceiveRing()
    {
        _memory = (byte*)NativeMemory.AlignedAlloc(BatchMax * (SlotSize + SocketAddressCodec.Size + ControlSize + (nuint)sizeof(Libc.IoVec) + (nuint)sizeof(Libc.MMsgHdr)), 64);
        Messages = LayOut(_memory);
    }

    ~ReceiveRing() => NativeMemory.AlignedFree(_memory);

    public Libc.MMsgHdr* Messages { get; }

    /// <summary>This thread's ring; another one for a receive within a receive.</summary>
    public static ReceiveRing Take()
    {
        var ring = t_spare ?? new ReceiveRing();
        t_spare = null;
        return ring;
    }

    /// <summary>Keeps it for the thread's next receive.</summary>
    public void GiveBack() => t_spare = this;

    public void ResetLengths()
    {
        for (var i = 0; i < BatchMax; i++)
        {
            Messages[i].Header.NameLength = SocketAddressCodec.Size;
            Messages[i].Header.ControlLength = ControlSize;
        }
    }

    private static Libc.MMsgHdr* LayOut(byte* memory)
    {
        var messages = (Libc.MMsgHdr*)memory;
        var vectors = (Libc.IoVec*)(messages + BatchMax);
        var names = (byte*)(vectors + BatchMax);
        var controls = names + (BatchMax * SocketAddressCodec.Size);
        var slots = controls + (BatchMax * ControlSize);
        for (var i = 0; i < BatchMax; i++)
        {
            vectors[i] = new Libc.IoVec { Base = slots + (i * SlotSize), Length = SlotSize };
            messages[i] = default;
            messages[i].Header.Name = names + (i * SocketAddressCodec.Size);
            messages[i].Header.Vectors = vectors + i;
            messages[i].Header.VectorCount = 1;
            messages[i].Header.Control = controls + (i * ControlSize);
        }

        return messages;
    }
}
