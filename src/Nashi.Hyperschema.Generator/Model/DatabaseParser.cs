using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Nashi.Hyperschema.Generator.Json;

namespace Nashi.Hyperschema.Generator.Model;

/// <summary>Reads a <c>db.json</c> as the JavaScript tool writes it. Source: data.md §9.1.</summary>
internal sealed class DatabaseParser(SourceFile file, Schema schema, List<Problem> problems)
{
    private const long CollectionType = 1;

    private readonly Dictionary<string, KeyedType> _collections = [];
    private bool _failed;

    public DatabaseModel? Parse(HashSet<string> names)
    {
        if (new SchemaParser(file, problems).Root() is not { } root) return null;
        var model = new DatabaseModel(root.Integer("version") ?? 0);
        foreach (var node in root.List("schema"))
        {
            if (node.String("name") is not { Length: > 0 } name || node.Integer("id") is not { } id || id < 0)
            {
                Report(Descriptors.NoSchema, node, "a collection or index has no name or no id");
                continue;
            }

            var space = node.String("namespace") ?? "";
            var keyed = new KeyedType(space.Length == 0 ? name : $"@{space}/{name}", node, id, MemberName(model, name, space));
            if (node.Integer("type") == CollectionType) Add(model, keyed, names);
            else AddIndex(model, keyed, names);
        }

        return _failed ? null : model;
    }

    private void Report(DiagnosticDescriptor descriptor, JsonNode node, params object[] arguments)
    {
        problems.Add(new Problem(descriptor, file, node, arguments));
        _failed |= descriptor.DefaultSeverity == DiagnosticSeverity.Error;
    }

    // Members of the generated class; its own methods are taken.
    private static string MemberName(DatabaseModel model, string name, string space)
    {
        HashSet<string> used = ["Database", "DatabaseTransaction", "Definition", "Version", "Snapshot", "Checkout", "Transaction", "View"];
        foreach (var keyed in model.Collections.Concat(model.Indexes)) used.Add(keyed.CsName);
        return Names.Unique(used, name, space);
    }

    private void Add(DatabaseModel model, KeyedType collection, HashSet<string> names)
    {
        var name = collection.Node.String("schema") ?? "";
        if (schema.Find(name) is not { } type)
        {
            Report(Descriptors.UnknownType, collection.Node, collection.Fqn, name);
            return;
        }

        if (type.Real is not { Kind: TypeKind.Struct or TypeKind.Versioned, Omitted: null })
        {
            Report(Descriptors.Unusable, collection.Node, type.Fqn, type.Omitted ?? "the records of a collection are structs or a versioned type");
            return;
        }

        collection.Record = type.Real;
        foreach (var path in Paths(collection.Node)) AddPart(collection, path, collection.Record);
        Finish(collection, collection.Key.Count, names);
        LayOutValue(collection);
        if (collection.Node.String("versionField") is { } field)
        {
            // A versioned type has none of its own fields, so it cannot have this one either.
            collection.VersionField = collection.Record.Fields.Find(candidate => candidate.Name == field);
            if (collection.VersionField is not { IsArray: false, Type.Real.Primitive.Truth: Truth.NotZero })
                Report(Descriptors.Unusable, collection.Node, field, "the version of a record is a number of the record");
        }

        collection.HasTrigger = collection.Node.String("trigger") is not null;
        if (collection.HasTrigger) Report(Descriptors.JavaScript, collection.Node, collection.Fqn, "its trigger is JavaScript code, so the collection can be read but not written");
        model.Collections.Add(collection);
        _collections[collection.Fqn] = collection;
    }

    private void AddIndex(DatabaseModel model, KeyedType index, HashSet<string> names)
    {
        var name = index.Node.String("collection") ?? "";
        if (!_collections.TryGetValue(name, out var collection))
        {
            if (!_failed) Report(Descriptors.UnknownType, index.Node, index.Fqn, name);
            return;
        }

        (index.Collection, index.Record) = (collection, collection.Record);
        (index.IsUnique, index.IsDeprecated) = (index.Node.Flag("unique"), index.Node.Flag("deprecated"));
        index.IsMapped = index.Node["key"] is not { Kind: JsonKind.Array };
        if (index.IsMapped) AddMappedParts(index, names);
        else foreach (var path in Paths(index.Node)) AddPart(index, path, index.Record);

        index.MappedParts = index.IsMapped ? index.Key.Count : 0;
        var named = index.Key.Count;
        if (!index.IsUnique) index.Key.AddRange(collection.Key.Select(part => new KeyPart(part.Path, part.Fields, part.Type, part.Kind)));
        Finish(index, index.IsMapped ? named : index.Key.Count, names);
        model.Indexes.Add(index);
        if (!index.IsDeprecated) collection.Indexes.Add(index);
    }

    private static IEnumerable<string> Paths(JsonNode node) => node.List("key").Select(key => key.Text);

    // A key of a versioned type is a field that all its versions have, alike.
    private void AddPart(KeyedType owner, string path, SchemaType record)
    {
        var structs = owner.Structs;
        var newest = Resolve(structs[structs.Count - 1], path);
        var isEverywhere = structs.Count == 1 || (newest.Count == 1 && structs.All(one => IsAlike(Resolve(one, path), newest[0])));
        if (newest.Count == 0) Report(Descriptors.Unusable, owner.Node, path, "it is no field that a key can have");
        else if (!isEverywhere) Report(Descriptors.Unusable, owner.Node, path, $"not all versions of '{record.Fqn}' have it alike");
        else AddPart(owner, path, newest, newest[newest.Count - 1].Type.Real);
    }

    private static bool IsAlike(List<SchemaField> fields, SchemaField other)
        => fields.Count == 1 && fields[0].Type.Fqn == other.Type.Fqn && fields[0].IsRequired == other.IsRequired;

    private static List<SchemaField> Resolve(SchemaType record, string path)
    {
        List<SchemaField> fields = [];
        var at = record;
        foreach (var name in path.Split('.'))
        {
            var field = at.Kind == TypeKind.Struct ? at.Fields.Find(candidate => candidate.Name == name) : null;
            if (field is null or { IsArray: true } or { IsConstant: true }) return [];
            fields.Add(field);
            at = field.Type.Real;
        }

        return fields;
    }

    private void AddPart(KeyedType owner, string path, List<SchemaField> fields, SchemaType type)
    {
        var kind = type is { Kind: TypeKind.Enum, IsTextEnum: false } ? "UInt" : type.Primitive?.KeyKind;
        if (kind is null) Report(Descriptors.Unusable, owner.Node, path, $"no key can be made of the type '{type.Fqn}'");
        else owner.Key.Add(new KeyPart(path, fields, type, kind));
    }

    private void AddMappedParts(KeyedType index, HashSet<string> names)
    {
        var key = index.Node["key"];
        if (key?.String("type") is { } name)
        {
            if (schema.Find(name) is { } type) AddPart(index, "key", [], type.Real);
            else Report(Descriptors.UnknownType, index.Node, index.Fqn, name);
            return;
        }

        index.MappedType = Names.Unique(names, index.CsName + "Entry", "");
        foreach (var field in key?["type"]?.List("fields") ?? [])
        {
            if (field.String("name") is { } path && schema.Find(field.String("type") ?? "") is { } type) AddPart(index, path, [], type.Real);
            else Report(Descriptors.UnknownType, field, index.Fqn, field.String("type") ?? "");
        }
    }

    // A value that occurs twice in a key is named once.
    private static void Finish(KeyedType keyed, int named, HashSet<string> names)
    {
        keyed.NamedParts = named;
        keyed.KeyType = Names.Unique(names, keyed.CsName + "Key", "");
        var byPath = new Dictionary<string, string>();
        var used = new HashSet<string>();
        foreach (var part in keyed.Key)
        {
            if (!byPath.TryGetValue(part.Path, out var name)) byPath[part.Path] = name = Names.Property(used, part.Path, keyed.KeyType);
            part.CsName = name;
        }
    }

    // Fields of the key are not stored again in the value, and the flags move to the first optional field. Fields inside other structs stay.
    private static void LayOutValue(KeyedType collection)
    {
        if (collection.Key.Count == 0) return;
        var external = new HashSet<string>(collection.Key.Where(part => part.Fields.Count == 1).Select(part => part.Path));
        foreach (var record in collection.Structs) collection.ValueLayouts.Add(new(record, StructLayout.Of(record.Fields, record.IsCompact, -1, external)));
    }
}
