using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.TestKit;

namespace Nashi.Hyperdrive.Tests;

/// <summary>Drives of the reference and ours: the same bytes for the same changes, and each goes on where the other stopped.</summary>
public sealed class DriveInteropTests
{
    private static readonly string PrimaryKey = new('7', 64);

    [Theory]
    [InlineData(null)]
    [InlineData("0101010101010101010101010101010101010101010101010101010101010101")]
    public async Task Drive_SameChanges_SameKeysAndBlocksAsReference(string? encryptionKey)
    {
        using var folder = new TempFolder();
        await using var js = new JsDrive();
        var opened = await js.DoAsync("open", new JsonObject { ["dir"] = folder["js"], ["primaryKey"] = PrimaryKey, ["encryptionKey"] = encryptionKey });
        await using var store = await OpenAsync(folder["ours"]);
        await using var drive = await Drive.OpenAsync(store, null, new DriveOptions { EncryptionKey = encryptionKey is null ? null : Convert.FromHexString(encryptionKey) });

        Assert.Equal(opened.GetProperty("key").GetString(), Convert.ToHexStringLower(drive.Key.Value.ToArray()));
        Assert.Equal(opened.GetProperty("contentKey").GetString(), Convert.ToHexStringLower(drive.Blobs!.Core.Key.Value.ToArray()));
        await ChangeBothAsync(js, drive);
        await AssertSameAsync(js, drive);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Mirror_FolderIntoDrive_SameBlocksAsReference(bool batch, bool dedup)
    {
        using var folder = new TempFolder();
        var source = folder["source"];
        MakeFiles(source);
        // An empty file is the one thing that we store otherwise: the reference maps it, and then cannot read it.
        if (dedup) File.Delete(Path.Combine(source, "a-b.txt"));
        await using var js = new JsDrive();
        await js.DoAsync("open", new JsonObject { ["dir"] = folder["js"], ["primaryKey"] = PrimaryKey });
        await using var store = await OpenAsync(folder["ours"]);
        await using var drive = await Drive.OpenAsync(store);

        await ImportBothAsync(js, drive, source, batch, dedup);
        Change(source);
        await ImportBothAsync(js, drive, source, batch, dedup);
        await AssertSameAsync(js, drive);
    }

    [Fact]
    public async Task Drive_OfReferenceWithBlockMaps_IsReadAndExtendedAndReadBack()
    {
        using var folder = new TempFolder();
        var source = folder["source"];
        MakeFiles(source);
        JsonElement before;
        await using (var js = new JsDrive())
        {
            await js.DoAsync("open", new JsonObject { ["dir"] = folder["store"], ["primaryKey"] = PrimaryKey });
            await js.DoAsync("import", new JsonObject { ["from"] = source, ["options"] = new JsonObject { ["dedup"] = true, ["batch"] = true } });
            before = await js.DoAsync("list");
            await js.DoAsync("close");
        }

        ulong version;
        await using (var store = await OpenAsync(folder["store"]))
        await using (var drive = await Drive.OpenAsync(store))
        {
            await AssertListAsync(before, drive);
            version = drive.Version;
            await drive.PutAsync("/ours.bin", Noise(2_000_000, 5), new DriveFileOptions { Dedup = true });
            await drive.DeleteAsync("/a.txt");
            await drive.SymlinkAsync("/link", "/ours.bin");
        }

        await using var again = new JsDrive();
        await again.DoAsync("open", new JsonObject { ["dir"] = folder["store"], ["primaryKey"] = PrimaryKey });
        var after = await again.DoAsync("list");
        var rows = await again.DoAsync("diff", new JsonObject { ["version"] = version });
        await again.DoAsync("close");
        await using var reopened = await OpenAsync(folder["store"]);
        await using var last = await Drive.OpenAsync(reopened);
        await AssertListAsync(after, last);
        var diff = new List<string>();
        await foreach (var row in last.DiffAsync(version)) diff.Add($"[{(row.Left is null ? "null" : row.Left.Seq)},{(row.Right is null ? "null" : row.Right.Seq)}]");
        Assert.Equal(rows.GetProperty("rows").EnumerateArray().Select(row => row.GetRawText()), diff);
    }

    [Fact]
    public async Task Mirror_OurDriveOut_IsTheFolderThatReferenceMakes()
    {
        using var folder = new TempFolder();
        var source = folder["source"];
        MakeFiles(source);
        await using (var store = await OpenAsync(folder["store"]))
        await using (var drive = await Drive.OpenAsync(store))
        {
            await new Mirror(new LocalDrive(source), drive, new MirrorOptions { Batch = true, Dedup = true }).CompleteAsync();
            await new Mirror(drive, new LocalDrive(folder["ours"])).CompleteAsync();
        }

        await using var js = new JsDrive();
        await js.DoAsync("open", new JsonObject { ["dir"] = folder["store"], ["primaryKey"] = PrimaryKey });
        await js.DoAsync("export", new JsonObject { ["to"] = folder["js"], ["options"] = new JsonObject() });
        await js.DoAsync("close");
        Assert.Equal(Snapshot(source), Snapshot(folder["ours"]));
        Assert.Equal(Snapshot(folder["js"]), Snapshot(folder["ours"]));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(65_530, 20)]
    [InlineData(700_000, 900_000)]
    [InlineData(2_499_990, 100)]
    public async Task Drive_ByteRanges_EqualReference(int start, int length)
    {
        using var folder = new TempFolder();
        var content = Noise(2_500_000, 9);
        await using (var store = await OpenAsync(folder["store"]))
        await using (var drive = await Drive.OpenAsync(store))
        {
            await drive.PutAsync("/plain", content);
            await drive.PutAsync("/mapped", content, new DriveFileOptions { Dedup = true });
            foreach (var path in new[] { "/plain", "/mapped" })
            {
                var entry = await drive.GetEntryAsync(path);
                var part = await drive.Blobs!.GetAsync(entry!.Blob!.Value, new ByteRange((ulong)start, (ulong)length));
                Assert.Equal(content[start..Math.Min(content.Length, start + length)], part);
            }
        }

        await using var js = new JsDrive();
        await js.DoAsync("open", new JsonObject { ["dir"] = folder["store"], ["primaryKey"] = PrimaryKey });
        var reachable = Math.Min(length, content.Length - start);
        foreach (var path in new[] { "/plain", "/mapped" })
        {
            var theirs = await js.DoAsync("range", new JsonObject { ["path"] = path, ["start"] = start, ["length"] = reachable });
            Assert.Equal(Convert.ToHexStringLower(content.AsSpan(start, reachable)), theirs.GetProperty("hex").GetString());
        }
    }

    private static ValueTask<Corestore> OpenAsync(string folder)
        => Corestore.OpenAsync(folder, new CorestoreOptions { PrimaryKey = new Bytes32(Convert.FromHexString(PrimaryKey)) });

    private static async Task ChangeBothAsync(JsDrive js, Drive drive)
    {
        await js.DoAsync("put", new JsonObject { ["path"] = "a.txt", ["hex"] = "0102", ["options"] = new JsonObject { ["executable"] = true } });
        await drive.PutAsync("a.txt", new byte[] { 1, 2 }, new DriveFileOptions { IsExecutable = true });
        var big = Noise(200_000, 1);
        await js.DoAsync("put", new JsonObject { ["path"] = "/x/../deep//big.bin", ["hex"] = Convert.ToHexStringLower(big) });
        await drive.PutAsync("/x/../deep//big.bin", big);
        await js.DoAsync("put", new JsonObject { ["path"] = "/empty", ["hex"] = "" });
        await drive.PutAsync("/empty", ReadOnlyMemory<byte>.Empty);
        var metadata = JsonNode.Parse("""{"z":1,"a":[true,null,"\u0001\"\\ü梨"],"n":1.5}""")!;
        await js.DoAsync("put", new JsonObject { ["path"] = "/meta", ["hex"] = "ff", ["options"] = new JsonObject { ["metadata"] = metadata } });
        await drive.PutAsync("/meta", new byte[] { 255 }, new DriveFileOptions { Metadata = JsonDocument.Parse(metadata.ToJsonString()).RootElement });
        await js.DoAsync("symlink", new JsonObject { ["path"] = "/link", ["target"] = "/deep/big.bin" });
        await drive.SymlinkAsync("/link", "/deep/big.bin");
        await js.DoAsync("del", new JsonObject { ["path"] = "/a.txt" });
        Assert.True(await drive.DeleteAsync("/a.txt"));
        await js.DoAsync("del", new JsonObject { ["path"] = "/never" });
        Assert.False(await drive.DeleteAsync("/never"));
        await BatchBothAsync(js, drive);
    }

    private static async Task BatchBothAsync(JsDrive js, Drive drive)
    {
        var steps = new JsonArray();
        await using var batch = drive.Batch();
        for (var i = 0; i < 60; i++)
        {
            var path = $"/many/{(i * 7) % 40}.txt";
            if (i % 5 == 4)
            {
                steps.Add(new JsonObject { ["do"] = "del", ["path"] = path });
                await batch.DeleteAsync(path);
                continue;
            }

            steps.Add(new JsonObject { ["do"] = "put", ["path"] = path, ["hex"] = $"{i:x4}" });
            await batch.PutAsync(path, Convert.FromHexString($"{i:x4}"));
        }

        await js.DoAsync("batch", new JsonObject { ["steps"] = steps });
        await batch.FlushAsync();
    }

    private static async Task ImportBothAsync(JsDrive js, Drive drive, string source, bool batch, bool dedup)
    {
        var local = new LocalDrive(source);
        var entries = new JsonArray();
        await foreach (var entry in local.ListAsync()) entries.Add(entry.Path);

        // The reference lists folders in the order of the disk: the entries fix ours. Removals are not part of its list then.
        var options = new JsonObject { ["batch"] = batch, ["dedup"] = dedup, ["prune"] = false, ["entries"] = entries };
        var theirs = await js.DoAsync("import", new JsonObject { ["from"] = source, ["options"] = options });
        var ours = new List<string>();
        await foreach (var change in new Mirror(local, drive, new MirrorOptions { Batch = batch, Dedup = dedup, Prune = false }).RunAsync())
        {
            ours.Add(JsonSerializer.Serialize<object[]>([change.Kind.ToString().ToLowerInvariant(), change.Path, change.BytesAdded, change.BytesRemoved]));
        }

        Assert.Equal(theirs.GetProperty("changes").EnumerateArray().Select(row => row.GetRawText()), ours);
    }

    private static async Task AssertSameAsync(JsDrive js, Drive drive)
    {
        var theirs = await js.DoAsync("blocks");
        Assert.Equal(Strings(theirs.GetProperty("db")), Hashes(drive.Core));
        Assert.Equal(Strings(theirs.GetProperty("blobs")), Hashes(drive.Blobs!.Core));
        await AssertListAsync(await js.DoAsync("list"), drive);
    }

    private static async Task AssertListAsync(JsonElement expected, Drive drive)
    {
        var ours = new List<string>();
        await foreach (var entry in drive.ListAsync())
        {
            var content = await drive.GetAsync(entry.Path);
            ours.Add($"{entry.Path} {entry.Seq} {entry.IsExecutable} {entry.LinkName} {entry.Metadata?.GetRawText()} {entry.Blob?.IsMapped} {(content is null ? "" : Convert.ToHexStringLower(SHA256.HashData(content)))}");
        }

        var theirs = expected.GetProperty("files").EnumerateArray().Select(file =>
        {
            var blob = file.GetProperty("blob");
            var metadata = file.GetProperty("metadata");
            bool? mapped = blob.ValueKind == JsonValueKind.Null ? null : blob.TryGetProperty("blockMap", out var map) && map.GetBoolean();
            return $"{file.GetProperty("path")} {file.GetProperty("seq")} {file.GetProperty("executable")} {file.GetProperty("linkname")} {(metadata.ValueKind == JsonValueKind.Null ? "" : metadata.GetRawText())} {mapped} {file.GetProperty("hash")}";
        });
        Assert.Equal(theirs, ours);
    }

    private static IEnumerable<string?> Strings(JsonElement array) => array.EnumerateArray().Select(item => item.GetString());

    private static List<string> Hashes(Core core)
    {
        var all = new List<string>();
        for (ulong i = 0; i < core.Length; i++)
        {
            Assert.True(core.TryGet(i, out var block));
            all.Add(Convert.ToHexStringLower(SHA256.HashData(block)));
        }

        return all;
    }

    internal static byte[] Noise(int size, ulong seed)
    {
        var bytes = new byte[size];
        new SeededRandom(seed).Fill(bytes);
        return bytes;
    }

    internal static void MakeFiles(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "sub", "deeper"));
        File.WriteAllText(Path.Combine(folder, "a.txt"), "hello");
        File.WriteAllText(Path.Combine(folder, "a-b.txt"), "");
        File.WriteAllBytes(Path.Combine(folder, "sub", "big.bin"), Noise(3_000_000, 3));
        File.WriteAllBytes(Path.Combine(folder, "sub", "same.bin"), [.. Noise(1_500_000, 4), .. Noise(1_500_000, 4)]);
        File.WriteAllText(Path.Combine(folder, "sub", "deeper", "run.sh"), "#!/bin/sh\n");
        MakeExecutable(Path.Combine(folder, "sub", "deeper", "run.sh"));
        File.CreateSymbolicLink(Path.Combine(folder, "sub", "to-a"), "../a.txt");
        for (var i = 0; i < 30; i++) File.WriteAllText(Path.Combine(folder, $"file-{i}.txt"), $"file {i}");
    }

    private static void MakeExecutable(string path)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    private static void Change(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "a.txt"), "hello again");
        var big = Path.Combine(folder, "sub", "big.bin");
        File.WriteAllBytes(big, [.. Noise(1000, 8), .. File.ReadAllBytes(big)]);
        MakeExecutable(Path.Combine(folder, "file-3.txt"));
        File.WriteAllText(Path.Combine(folder, "new.txt"), "new");
    }

    internal static string[] Snapshot(string folder)
        => [.. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .Select(path => new FileInfo(path))
            .Where(file => !file.Attributes.HasFlag(FileAttributes.Directory))
            .Select(file => $"{Path.GetRelativePath(folder, file.FullName)} {file.LinkTarget ?? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file.FullName)))} {file.LinkTarget is null && (file.UnixFileMode & UnixFileMode.UserExecute) != UnixFileMode.None}")
            .Order(StringComparer.Ordinal)];
}
