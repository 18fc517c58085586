using System.Collections.Generic;
using System.Linq;
using Nashi.Hyperschema.Generator.Model;

namespace Nashi.Hyperschema.Generator.Emit;

/// <summary>Writes a database: its keys, its collections and indexes, and the two classes that a program reads and writes with.</summary>
internal static class DatabaseEmitter
{
    private const string Runtime = "global::Nashi.HyperDB.", Bee = "global::Nashi.Hyperbee.Hyperbee", KeyReader = Runtime + "IndexKeyReader";

    private const string ValueTask = "global::System.Threading.Tasks.ValueTask", Token = "global::System.Threading.CancellationToken";

    public static string Emit(DatabaseModel model, Schema schema, SourceFile file)
    {
        var code = SchemaEmitter.Begin(file);
        var all = model.Collections.Concat(model.Indexes).ToList();
        foreach (var keyed in all) EmitKey(code, keyed, file.Visibility);
        foreach (var index in model.Indexes)
        {
            if (index.MappedType is not null) EmitMappedType(code, index, file.Visibility);
        }

        EmitDatabase(code, model, schema, file.Visibility);
        EmitTransaction(code, model, file.Visibility);
        code.Open("internal static partial class SchemaCodecs");
        foreach (var collection in model.Collections) EmitCollectionCodec(code, collection);
        return code.Close().ToString();
    }

    private static void EmitKey(CodeText code, KeyedType keyed, string visibility)
    {
        var parts = Named(keyed);
        code.Summary($"A key of {keyed.Fqn}. Values left out at the end make it the start of keys, for ranges.");
        code.Line($"{visibility} readonly record struct {keyed.KeyType}({string.Join(", ", parts.Select(part => $"{KeyCsType(part)}? {part.CsName} = null"))});").Line();
    }

    private static void EmitMappedType(CodeText code, KeyedType index, string visibility)
    {
        code.Summary($"What a record is found by in {index.Fqn}.");
        code.Line($"{visibility} readonly record struct {index.MappedType}({string.Join(", ", index.Key.Take(index.MappedParts).Select(part => $"{KeyCsType(part)} {part.CsName}"))});").Line();
    }

    private static List<KeyPart> Named(KeyedType keyed)
        => keyed.Key.Take(keyed.NamedParts).GroupBy(part => part.CsName).Select(group => group.First()).ToList();

    private static string KeyCsType(KeyPart part) => Expressions.CsType(part.Type);

    private static void EmitDatabase(CodeText code, DatabaseModel model, Schema schema, string visibility)
    {
        code.Summary("The database: typed reading, and transactions to write. Cheap views of one tree; usable from many threads.").Open($"{visibility} sealed partial class Database");
        foreach (var index in model.Indexes) EmitIndexDefinition(code, index);
        foreach (var collection in model.Collections) EmitCollectionDefinition(code, collection);
        code.Summary("The collections, and the versions of schema and database.");
        var collections = string.Join(", ", model.Collections.Select(collection => collection.CsName + "Definition"));
        code.Line($"public static {Runtime}DatabaseDefinition Definition {{ get; }} = new({schema.Version}, {model.Version}, [{collections}]);");
        code.Line().Summary("A database on a tree. Who owns the tree's core disposes it.");
        code.Line($"public Database({Bee} tree, {Runtime}HyperDatabaseOptions? options = null)");
        code.Line($"    : this(new {Runtime}HyperDatabase(tree, Definition, options))").Line("{").Line("}");
        code.Line().Summary("The typed face of a view.").Line($"public Database({Runtime}DatabaseView view) => View = view;");
        code.Line().Summary("The view that is read.").Line($"public {Runtime}DatabaseView View {{ get; }}");
        code.Line().Summary("The version of the tree that is read.").Line("public ulong Version => View.Version;");
        EmitMembers(code, model, "Reader");
        code.Line().Summary("The database as it is now, whatever is written later.").Line("public Database Snapshot() => new(View.Snapshot());");
        code.Line().Summary("The database as it was at a version of the tree.").Line("public Database Checkout(ulong version) => new(View.Checkout(version));");
        code.Line().Summary("Begins to write. Only the database itself can, not a snapshot.").Line("public DatabaseTransaction Transaction(object? context = null) => new(View.Transaction(context));");
        code.Line().Summary("Begins to write when all transactions begun this way have ended.");
        code.Line($"public async {ValueTask}<DatabaseTransaction> ExclusiveTransactionAsync(object? context = null, {Token} cancellationToken = default)");
        code.Line("    => new(await View.ExclusiveTransactionAsync(context, cancellationToken).ConfigureAwait(false));");
        code.Line().Summary("Gives a snapshot each time the tree changed. Ends when cancelled.");
        code.Line("public async global::System.Collections.Generic.IAsyncEnumerable<Database> WatchAsync(");
        code.Open($"    [global::System.Runtime.CompilerServices.EnumeratorCancellation] {Token} cancellationToken = default)");
        code.Line("var views = global::System.Threading.Tasks.TaskAsyncEnumerableExtensions.ConfigureAwait(View.WatchAsync(cancellationToken), false);");
        code.Line("await foreach (var view in views) yield return new Database(view);").Close();
        foreach (var index in model.Indexes.Where(index => index.IsMapped)) EmitMapHook(code, index);
        code.Close().Line();
    }

    private static void EmitMapHook(CodeText code, KeyedType index)
        => code.Line().Summary($"What a record is found by in {index.Fqn}: yours to write, as the map of the JavaScript schema does it.")
            .Line($"private static partial global::System.Collections.Generic.IEnumerable<{MappedCsType(index)}> Map{index.CsName}({index.Record.CsName} record, object? context);");

    private static string MappedCsType(KeyedType index) => index.MappedType ?? KeyCsType(index.Key[0]);

    private static void EmitTransaction(CodeText code, DatabaseModel model, string visibility)
    {
        code.Summary("Writes that become visible together, over a snapshot. Reads see them. Dispose without a flush drops them.");
        code.Open($"{visibility} sealed partial class DatabaseTransaction : global::System.IAsyncDisposable");
        code.Summary("The typed face of a transaction.").Line($"public DatabaseTransaction({Runtime}WriteTransaction view) => View = view;");
        code.Line().Summary("The transaction.").Line($"public {Runtime}WriteTransaction View {{ get; }}");
        code.Line().Summary("The version of the tree that the transaction began on.").Line("public ulong Version => View.Version;");
        EmitMembers(code, model, "Writer");
        code.Line().Summary("Appends all writes as one unit; fails with DATABASE_CHANGED when somebody else wrote since the transaction began. Ends the transaction.");
        code.Line($"public {ValueTask} FlushAsync({Token} cancellationToken = default) => View.FlushAsync(cancellationToken);");
        code.Line().Summary("Ends the transaction and drops what was not flushed.").Line("public global::System.Threading.Tasks.ValueTask DisposeAsync() => View.DisposeAsync();");
        code.Close().Line();
    }

    private static void EmitMembers(CodeText code, DatabaseModel model, string kind)
    {
        foreach (var collection in model.Collections)
        {
            var type = $"{Runtime}Collection{kind}<{collection.Record.CsName}, {collection.KeyType}>";
            code.Line().Summary($"The collection {collection.Fqn}.").Line($"public {type} {collection.CsName} => new(View, Database.{collection.CsName}Definition);");
        }

        foreach (var index in model.Indexes)
        {
            var type = $"{Runtime}IndexReader<{index.Record.CsName}, {index.KeyType}>";
            code.Line().Summary($"The {(index.IsUnique ? "unique " : "")}index {index.Fqn} of {index.Collection!.Fqn}.");
            code.Line($"public {type} {index.CsName} => new(View, Database.{index.Collection.CsName}Definition, Database.{index.CsName}Definition);");
        }
    }

    private static void EmitIndexDefinition(CodeText code, KeyedType index)
    {
        code.Summary($"How {index.Fqn} is stored.");
        code.Open($"public static {Runtime}IndexDefinition<{index.Record.CsName}, {index.KeyType}> {index.CsName}Definition {{ get; }} = new()");
        EmitCommon(code, index);
        code.Line($"IsUnique = {Text(index.IsUnique)},").Line($"IsDeprecated = {Text(index.IsDeprecated)},");
        if (index.IsMapped)
        {
            code.Open("KeysOf = static (v, context) =>").Line("var keys = new global::System.Collections.Generic.List<byte[]>();");
            code.Open($"foreach (var m in Map{index.CsName}(v, context))").Line($"var w = new {Runtime}IndexKeyWriter({index.Id});");
            for (var i = 0; i < index.Key.Count; i++)
            {
                var part = index.Key[i];
                code.Line(i < index.MappedParts ? WriteKey(part, index.MappedType is null ? "m" : $"m.{part.CsName}") + ";" : WriteRecordKey(index, part));
            }

            code.Line("keys.Add(w.ToArray());").Close().Line("return keys;").Close("},");
        }
        else
        {
            code.Open("KeysOf = static (v, _) =>").Line($"var w = new {Runtime}IndexKeyWriter({index.Id});");
            foreach (var part in index.Key) code.Line(WriteRecordKey(index, part));
            code.Line("return [w.ToArray()];").Close("},");
        }

        code.Close("};").Line();
    }

    private static void EmitCollectionDefinition(CodeText code, KeyedType collection)
    {
        code.Summary($"How {collection.Fqn} is stored.");
        code.Open($"public static {Runtime}CollectionDefinition<{collection.Record.CsName}, {collection.KeyType}> {collection.CsName}Definition {{ get; }} = new()");
        EmitCommon(code, collection);
        code.Line($"HasTrigger = {Text(collection.HasTrigger)},");
        code.Line($"Indexes = [{string.Join(", ", collection.Indexes.Select(index => index.CsName + "Definition"))}],");
        code.Open("KeyOf = static v =>").Line($"var w = new {Runtime}IndexKeyWriter({collection.Id});");
        foreach (var part in collection.Key) code.Line(WriteRecordKey(collection, part));
        code.Line("return w.ToArray();").Close("},");
        code.Line($"ReadKey = SchemaCodecs.ReadKeyOf{collection.CsName},");
        var suffix = Suffix(collection);
        code.Line($"WriteValue = SchemaCodecs.Write{collection.Record.CsName}{suffix},").Line($"ReadRecord = SchemaCodecs.ReadRecordOf{collection.CsName},");
        if (collection.VersionField is { } field)
        {
            code.Line($"VersionOf = static v => (ulong)v.{field.CsName},");
            code.Line($"WithVersion = static (v, version) => v with {{ {field.CsName} = ({Expressions.CsType(field)})version }},");
        }

        code.Close("};").Line();
    }

    private static void EmitCommon(CodeText code, KeyedType keyed)
    {
        code.Line($"Name = {CodeText.Literal(keyed.Fqn)},").Line($"Id = {keyed.Id},").Line($"Version = {keyed.Version},");
        code.Open("WriteKey = static (w, k) =>");
        for (var i = 0; i < keyed.NamedParts; i++)
        {
            var part = keyed.Key[i];
            code.Line($"if (k.{part.CsName} is not {{ }} k{i}) return false;").Line(WriteKey(part, $"k{i}") + ";");
        }

        code.Line($"return {Text(keyed.NamedParts == keyed.Key.Count)};").Close("},");
    }

    private static void EmitCollectionCodec(CodeText code, KeyedType collection)
    {
        var record = collection.Record;
        var suffix = Suffix(collection);
        foreach (var layout in collection.ValueLayouts) StructEmitter.EmitCodec(code, layout.Key, layout.Value, suffix);
        if (record.Kind == TypeKind.Versioned && suffix.Length > 0) SchemaEmitter.EmitVersionedCodec(code, record, isFramed: true, suffix);

        code.Open($"internal static {collection.KeyType} ReadKeyOf{collection.CsName}(ref {KeyReader} k)");
        foreach (var part in collection.Key) code.Line($"var k{part.CsName} = {ReadKey(part, isOptional: false)};");
        code.Line($"return new({string.Join(", ", collection.Key.Select(part => "k" + part.CsName))});").Close().Line();

        code.Open($"internal static {record.CsName} ReadRecordOf{collection.CsName}(ref {KeyReader} k, ref {Expressions.Reader} r)");
        foreach (var part in collection.Key) code.Line($"var k{part.CsName} = {ReadKey(part, part.Leaf!.IsOptional)};");
        code.Line($"var v = Read{record.CsName}{suffix}(ref r);");
        if (collection.Key.Count > 0) code.Line("if (r.Failed || k.Failed) return v;");
        foreach (var part in collection.Key) code.Line($"v = {With(collection, part, "k" + part.CsName)};");
        code.Line("return v;").Close().Line();
    }

    private static string Suffix(KeyedType collection) => collection.ValueLayouts.Count == 0 ? "" : "_Of" + collection.CsName;

    private static string With(KeyedType collection, KeyPart part, string value)
    {
        if (collection.Record.Kind == TypeKind.Struct) return With("v", part.Fields, 0, value);
        return $"v switch {{ {string.Concat(collection.Structs.Select(one => $"{one.CsName} x => x with {{ {OwnName(one, part)} = {value} }}, "))}_ => v }}";
    }

    private static string OwnName(SchemaType record, KeyPart part) => record.Fields.Find(field => field.Name == part.Path).CsName;

    // A struct on the way that is absent stays absent.
    private static string With(string target, IReadOnlyList<SchemaField> fields, int at, string value)
    {
        var field = fields[at];
        if (at == fields.Count - 1) return $"{target} with {{ {field.CsName} = {value} }}";
        var inner = $"{target}.{field.CsName}";
        return $"{target} with {{ {field.CsName} = {inner} is null ? null! : {With(inner, fields, at + 1, value)} }}";
    }

    private static string WriteRecordKey(KeyedType keyed, KeyPart part)
    {
        var value = "v";
        if (keyed.Record.Kind == TypeKind.Versioned)
        {
            var cases = string.Concat(keyed.Structs.Select(one => $"{one.CsName} x => x.{OwnName(one, part)}, "));
            value = $"(v switch {{ {cases}_ => throw {Runtime}HyperDBException.NoKey({CodeText.Literal(part.Path)}) }})";
        }

        for (var i = 0; i < part.Fields.Count && keyed.Record.Kind == TypeKind.Struct; i++)
        {
            var field = part.Fields[i];
            value += "." + field.CsName;
            if (i < part.Fields.Count - 1 && field.IsOptional) value = $"({value} ?? throw {Runtime}HyperDBException.NoKey({CodeText.Literal(part.Path)}))";
        }

        if (part.Leaf!.IsOptional && part.Kind == "Date") value = $"({value} ?? throw {Runtime}HyperDBException.NoKey({CodeText.Literal(part.Path)}))";
        return WriteKey(part, value) + ";";
    }

    private static string WriteKey(KeyPart part, string value)
        => part.Type.Kind == TypeKind.Enum ? $"w.WriteUInt((uint){value})" : $"w.Write{part.Kind}({value})";

    private static string ReadKey(KeyPart part, bool isOptional)
    {
        var type = KeyCsType(part);
        return part.Kind switch
        {
            "UInt" when part.Type.Kind == TypeKind.Enum => $"({type})k.ReadUInt(uint.MaxValue)",
            "UInt" => type == "ulong" ? "k.ReadUInt(ulong.MaxValue)" : $"({type})k.ReadUInt({type}.MaxValue)",
            "Int" => type == "long" ? "k.ReadInt(long.MinValue, long.MaxValue)" : $"({type})k.ReadInt({type}.MinValue, {type}.MaxValue)",
            "Bytes" when part.Type.Primitive!.Name == "fixed32" => isOptional ? "k.ReadOptionalFixed32()" : "k.ReadFixed32()",
            "Bytes" when part.Type.Primitive!.Name == "fixed64" && !isOptional => "k.ReadFixed(64)",
            _ => $"k.Read{part.Kind}()",
        };
    }

    private static string Text(bool value) => value ? "true" : "false";
}
