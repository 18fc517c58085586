using CsCheck;
using Nashi.Encoding;
using Nashi.Storage.Records;

namespace Nashi.Storage.Tests.Records;

/// <summary>Decoders are total: any bytes give a record or a refusal, and what was written is read back.</summary>
public sealed class RecordPropertyTests
{
    private static readonly Gen<ulong> Number = Gen.OneOf(Gen.ULong[0, 300], Gen.ULong[0, CompactReader.MaxUInt]);
    private static readonly Gen<Bytes32> Hash = Gen.Byte.Array[Bytes32.Size].Select(bytes => new Bytes32(bytes));
    private static readonly Gen<byte[]> Part = Gen.Byte.Array[1, 90];
    private static readonly Gen<byte[]?> OptionalPart = Gen.Select(Part, Gen.Bool).Select((bytes, there) => there ? bytes : null);
    private static readonly Gen<string> Name = Gen.Char.Array[0, 20].Select(chars => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(chars)));

    [Fact]
    public void StoreHead_Any_IsReadBack() =>
        Check(Gen.Select(Number, Number, Number, Optional(Hash), Optional(Hash)).Select((a, b, c, seed, first) =>
            new StoreHead { NextCore = a, NextData = b, NextGroup = c, PrimaryKey = seed, DefaultCore = first is { } key ? new DiscoveryKey(key) : null }));

    [Fact]
    public void CorePointer_Any_IsReadBack() =>
        Check(Gen.Select(Number, Number, Name, Hash, Gen.Bool).Select((core, data, name, space, named) => new CorePointer(2, core, data, named ? new CoreAlias(name, space) : null)));

    [Fact]
    public void CoreAuth_Any_IsReadBack() =>
        Check(Gen.Select(Hash, Hash, OptionalPart, OptionalPart, OptionalPart, OptionalPart).Select((key, name, manifest, publicKey, secretKey, encryptionKey) =>
            new CoreAuth(new CoreKey(key), new DiscoveryKey(name))
            {
                Manifest = manifest, SignerPublicKey = publicKey, SignerSecretKey = publicKey is null ? null : secretKey, EncryptionKey = encryptionKey,
            }));

    [Fact]
    public void CoreHead_Any_IsReadBack() =>
        Check(Gen.Select(Number, Number, Hash, OptionalPart, Gen.ULong).Select((fork, length, root, signature, time) => new CoreHead(fork, length, root, signature, time)));

    [Fact]
    public void CoreHints_Any_IsReadBack() => Check(Gen.Select(Number, Number, Number).Select((a, b, c) => new CoreHints(a, b, c)));

    [Fact]
    public void SmallRecords_Any_AreReadBack()
    {
        Check(Gen.Select(Number, Number).Select((pointer, length) => new CoreDependency(pointer, length)));
        Check(Gen.Select(Number, Number, Hash).Select((index, size, hash) => new NodeRecord(index, size, hash)));
        Check(Gen.Select(Optional(Hash), Number).Select((topic, pointer) => new GroupReference(topic is { } value ? new Topic(value) : null, pointer)));
        Check(Gen.Select(Name, Number).Array[0, 5].Select(entries => new SessionList(entries)));
    }

    [Fact]
    public void StorageKeys_Any_SortAsTheirIndexes() => Gen.Select(Number, Number, Number).Sample((pointer, a, b) =>
    {
        var left = StorageKeys.Of(new byte[StorageKeys.MaxSize], pointer, DataRecord.Block, a);
        var right = StorageKeys.Of(new byte[StorageKeys.MaxSize], pointer, DataRecord.Block, b);
        Assert.Equal(a.CompareTo(b), Math.Sign(left.SequenceCompareTo(right)));
        Assert.True(StorageKeys.TrySplit(left, out var record, out var rest));
        Assert.Equal(DataRecord.Block, record);
        Assert.True(IndexEncoder.TryReadUInt(ref rest, out var read) && rest.IsEmpty && read == a);
    });

    [Fact]
    public void StorageKeys_AnyBytes_NeverThrow() => Gen.OneOf(Gen.Byte.Array[0, 60], Gen.Byte[0, 7].Array[0, 60]).Sample(bytes =>
    {
        StorageKeys.TrySplit(bytes, out _, out _);
        StorageKeys.TryReadAlias(bytes, out _);
        StorageKeys.TryReadDiscoveryKey(bytes, out _);
        return true;
    });

    private static Gen<Bytes32?> Optional(Gen<Bytes32> gen) => Gen.Select(gen, Gen.Bool).Select((value, there) => there ? value : (Bytes32?)null);

    private static void Check<T>(Gen<T> records)
        where T : IStoredRecord<T>
    {
        records.Sample(record =>
        {
            var bytes = RecordCodec.Encode(record);
            Assert.True(RecordCodec.TryDecode<T>(bytes, out var read));
            Assert.Equal(bytes, RecordCodec.Encode(read));
            // Cut anywhere, it is refused or means less; it never throws.
            for (var length = 0; length < bytes.Length; length++) RecordCodec.TryDecode<T>(bytes.AsSpan(0, length), out _);
        });
        Gen.Select(records, Gen.Int[0, 200], Gen.Byte).Sample((record, at, value) =>
        {
            var bytes = RecordCodec.Encode(record);
            bytes[at % bytes.Length] = value;
            if (!RecordCodec.TryDecode<T>(bytes, out var read)) return;
            // What is accepted is understood: written again it means the same.
            var again = RecordCodec.Encode(read);
            Assert.True(RecordCodec.TryDecode<T>(again, out var same));
            Assert.Equal(again, RecordCodec.Encode(same));
        });
        Gen.Byte.Array[0, 200].Sample(bytes => RecordCodec.TryDecode<T>(bytes, out _) || true);
    }
}
