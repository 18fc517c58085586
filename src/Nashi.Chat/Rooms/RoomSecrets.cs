using System.Security.Cryptography;
using Nashi.Chat.Epochs;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Chat.Rooms;

/// <summary>The keys of one device in one room, all from the device's seed and the room's salt: nobody outside can tell that two rooms have the same member.</summary>
internal sealed class RoomSecrets : IDisposable
{
    public RoomSecrets(KeyPair device, ReadOnlySpan<byte> salt)
    {
        StoreKey = KeyIds.Derive("store"u8, device.Seed, salt);
        Noise = KeyPair.FromSeed(KeyIds.Derive("noise"u8, device.Seed, salt).AsSpan());
        Blind = KeyPair.FromSeed(KeyIds.Derive("blind"u8, device.Seed, salt).AsSpan());
        Box = EncryptionKeyPair.FromSeed(KeyIds.Derive("box"u8, device.Seed, salt).AsSpan());
    }

    /// <summary>From which the cores' key pairs are derived.</summary>
    public Bytes32 StoreKey { get; }

    /// <summary>Who we are on the network of the room.</summary>
    public KeyPair Noise { get; }

    /// <summary>Who we are to blind peers, for this room.</summary>
    public KeyPair Blind { get; }

    /// <summary>What epoch keys are sealed to.</summary>
    public EncryptionKeyPair Box { get; }

    public void Dispose()
    {
        Noise.Dispose();
        Blind.Dispose();
        Box.Dispose();
    }
}
