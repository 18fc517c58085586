using Nashi.Chat.Epochs;
using Nashi.Chat.Ops;
using Nashi.Encoding;

namespace Nashi.Chat.Rooms;

/// <summary>The folder of one room: its cores, and what is sealed beside them. Named by a random salt.</summary>
internal sealed class RoomFolder
{
    public const int SaltSize = 16;

    private const string MetaName = "room.sealed";
    private readonly Bytes32 _key;
    private readonly IRandom _random;
    private readonly Lock _gate = new();

    private RoomFolder(string path, byte[] salt, in Bytes32 storageKey, RoomMeta meta, IRandom random)
    {
        (Path, Salt, Meta, _random) = (path, salt, meta, random);
        _key = KeyIds.Derive("meta"u8, storageKey.AsSpan(), salt);
    }

    public string Path { get; }

    public string Cores => System.IO.Path.Combine(Path, "cores");

    public byte[] Salt { get; }

    public RoomMeta Meta { get; private set; }

    /// <summary>Makes the folder of a new room.</summary>
    public static RoomFolder Create(string rooms, in Bytes32 storageKey, RoomMeta meta, IRandom random)
    {
        var salt = new byte[SaltSize];
        random.Fill(salt);
        var folder = new RoomFolder(System.IO.Path.Combine(rooms, Convert.ToHexStringLower(salt)), salt, storageKey, meta, random);
        PrivateFiles.MakeFolder(folder.Path);
        folder.Write(meta);
        return folder;
    }

    /// <summary>Opens a folder that is there; null when it is none, or not sealed with this key.</summary>
    public static RoomFolder? TryOpen(string path, in Bytes32 storageKey, IRandom random)
    {
        var name = System.IO.Path.GetFileName(path);
        if (name.Length != 2 * SaltSize || !name.All(char.IsAsciiHexDigitLower)) return null;
        var folder = new RoomFolder(path, Convert.FromHexString(name), storageKey, new(), random);
        var file = System.IO.Path.Combine(path, MetaName);
        if (!File.Exists(file)) return null;
        if (Sealing.Open(File.ReadAllBytes(file), folder._key, default, folder.Salt) is not { } bytes) throw new ChatException("LOCKED", $"The room in {path} is sealed with another key.");
        if (!RoomMeta.TryDecode(bytes, out var meta)) throw new ChatException("DAMAGED", $"The room in {path} is damaged, or was written by a newer version.");
        folder.Meta = meta;
        return folder;
    }

    /// <summary>Changes what is kept, and writes it.</summary>
    public RoomMeta Update(Func<RoomMeta, RoomMeta> change)
    {
        lock (_gate)
        {
            var meta = change(Meta);
            if (ReferenceEquals(meta, Meta)) return meta;
            Write(meta);
            return Meta = meta;
        }
    }

    public void Delete() => Directory.Delete(Path, recursive: true);

    private void Write(RoomMeta meta) => PrivateFiles.Write(System.IO.Path.Combine(Path, MetaName), Sealing.Seal(meta.Encode(), 0, _key, default, Salt, _random));
}
